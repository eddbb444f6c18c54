package train_test

import (
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/train"
	"github.com/gotf/gotf/internal/peers"
)

// TestPeersTrain lets Python's Keras take over what gotf train wrote.
func TestPeersTrain(t *testing.T) {
	peers.Each(t, func(t *testing.T, p peers.Peer) {
		data := smallDigits(t, 70, 28, 28, tenClasses)
		for _, model := range train.PresetNames() {
			t.Run(model, func(t *testing.T) {
				p.Check(t, "training.py", trained(t, "--model", model, "--data", data, "--epochs", "2"), "2")
			})
		}
	})
}

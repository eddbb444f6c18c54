package show

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/gotf/gotf/internal/peers"
)

// TestPeersSavedModelCLI prints and runs models side by side with Python.
func TestPeersSavedModelCLI(t *testing.T) {
	exe, err := os.Executable() // which is gotf itself, see TestMain
	if err != nil {
		t.Fatal(err)
	}
	var folders []string
	for _, dir := range []string{listingData, "../../../../savedmodel/testdata", "../../../../tflite/convert/testdata/models"} {
		path, err := filepath.Abs(dir)
		if err != nil {
			t.Fatal(err)
		}
		folders = append(folders, path)
	}
	if more := os.Getenv("GOTF_PEERS_MODELS"); more != "" {
		folders = append(folders, filepath.SplitList(more)...)
	}
	peers.Each(t, func(t *testing.T, p peers.Peer) {
		p.Check(t, "saved_model_cli.py", append([]string{exe}, folders...)...)
	})
}

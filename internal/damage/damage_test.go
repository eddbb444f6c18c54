package damage_test

import (
	"bytes"
	"math/rand"
	"os"
	"testing"

	"github.com/gotf/gotf/internal/damage"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

func TestDamage(t *testing.T) {
	whole, err := os.ReadFile("../../savedmodel/testdata/tf1/saved_model.pb")
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*rand.Rand, []byte) []byte{"Bytes": damage.Bytes, "Message": damage.Message} {
		changed := 0
		for i := range int64(100) {
			got := change(rand.New(rand.NewSource(i)), whole)
			if !bytes.Equal(got, change(rand.New(rand.NewSource(i)), whole)) {
				t.Errorf("%s: seed %d gives two results", name, i)
			}
			if name == "Message" && proto.Unmarshal(got, &pb.SavedModel{}) != nil {
				t.Errorf("seed %d gives no message", i)
			}
			if !bytes.Equal(got, whole) {
				changed++
			}
		}
		if changed < 80 {
			t.Errorf("%s changed something in %d of 100", name, changed)
		}
	}
}

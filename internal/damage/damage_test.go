package damage_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
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

// TestFiles checks that the same seed gives the same damage and that what should
// stay right does.
func TestFiles(t *testing.T) {
	file := func(name string) []byte {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	index := file("../../savedmodel/testdata/keras/variables/variables.index")
	records := file("../../tf/summary/testdata/v2.tfevents")
	for name, change := range map[string]func(*rand.Rand) ([]byte, string){
		"File":    func(r *rand.Rand) ([]byte, string) { return damage.File(r, index, records) },
		"Table":   func(r *rand.Rand) ([]byte, string) { return damage.Table(r, index) },
		"Records": func(r *rand.Rand) ([]byte, string) { return damage.Records(r, records) },
	} {
		changed, how := 0, map[string]bool{}
		for i := range int64(500) {
			got, why := change(rand.New(rand.NewSource(i)))
			again, _ := change(rand.New(rand.NewSource(i)))
			if !bytes.Equal(got, again) {
				t.Errorf("%s: seed %d gives two results", name, i)
			}
			if how[why] = true; !bytes.Equal(got, index) && !bytes.Equal(got, records) {
				changed++
			}
			if name == "Records" && frames(got) != frames(records) {
				t.Errorf("seed %d (%s): %d records have right checksums, want %d", i, why, frames(got), frames(records))
			}
		}
		if changed < 400 || len(how) < 100 {
			t.Errorf("%s changed something in %d of 500, in %d ways", name, changed, len(how))
		}
	}
}

// frames counts the records of a file whose checksums are right.
func frames(b []byte) (n int) {
	crc := func(b []byte) uint32 {
		c := crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))
		return (c>>15 | c<<17) + 0xa282ead8
	}
	for len(b) >= 16 {
		size := binary.LittleEndian.Uint64(b)
		if size > uint64(len(b)-16) || crc(b[:8]) != binary.LittleEndian.Uint32(b[8:]) || crc(b[12:][:size]) != binary.LittleEndian.Uint32(b[12+size:]) {
			return n
		}
		b = b[16+size:]
		n++
	}
	return n
}

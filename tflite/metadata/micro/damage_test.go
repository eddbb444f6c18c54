package micro_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gotf/gotf/tflite/metadata/micro"
)

// TestMutations damages models: errors in one line, never a crash.
func TestMutations(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for _, name := range []string{"conv_int8.tflite", "branch.tflite", "loop.tflite", "ops.tflite", "features/state.tflite"} {
		data := read(t, name)
		for range 1500 {
			bad := bytes.Clone(data)
			for range 1 + random.IntN(3) {
				at := random.IntN(len(bad) - 4)
				if random.IntN(2) == 0 {
					bad[at] ^= 1 << random.IntN(8)
				} else {
					binary.LittleEndian.PutUint32(bad[at:], []uint32{0, 0xffffffff, 0x7fffffff, 3, 1 << 20}[random.IntN(5)])
				}
			}
			src, err := micro.CSource(bad, "m", "m.h")
			if err == nil {
				err = src.Support.Err()
			}
			if err != nil && (strings.Contains(err.Error(), "\n") || len(err.Error()) > 3000) {
				t.Errorf("%s: %q", name, err)
			}
		}
	}
}

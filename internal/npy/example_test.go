package npy_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"github.com/gotf/gotf/internal/npy"
)

func Example() {
	dir, err := os.MkdirTemp("", "npy")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "x.npy")

	raw := binary.LittleEndian.AppendUint32(nil, math.Float32bits(1.5))
	x := &npy.Array{DType: "float32", Shape: []int64{1, 1}, Raw: raw}
	if err := npy.WriteFile(path, x, false); err != nil {
		panic(err)
	}

	y, err := npy.Load(path)
	if err != nil {
		panic(err)
	}
	fmt.Println(y.DType, y.Shape, math.Float32frombits(binary.LittleEndian.Uint32(y.Raw)))
	// Output: float32 [1 1] 1.5
}

func ExampleLoad() {
	words, err := npy.Load("testdata/two.npz[b]")
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s %v %q\n", words.DType, words.Shape, words.Strings)
	// Output: bytes [2] ["x" "y"]
}

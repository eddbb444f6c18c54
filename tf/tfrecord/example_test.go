package tfrecord_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gotf/gotf/tf/tfrecord"
	example "github.com/wamuir/graft/tensorflow/core/example/example_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// Examples are written, compressed, and read back.
func Example() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "train.tfrecord.gz")

	err := tfrecord.Write(path, tfrecord.GZIP, func(yield func([]byte, error) bool) {
		for i := range 3 {
			label := &example.Feature{Kind: &example.Feature_Int64List{Int64List: &example.Int64List{Value: []int64{int64(i)}}}}
			e := &example.Example{Features: &example.Features{Feature: map[string]*example.Feature{"label": label}}}
			if !yield(proto.Marshal(e)) {
				return
			}
		}
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for record, err := range tfrecord.Read(path) {
		if err != nil {
			fmt.Println(err)
			return
		}
		var e example.Example
		if err := proto.Unmarshal(record, &e); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(e.Features.Feature["label"].GetInt64List().Value)
	}
	// Output:
	// [0]
	// [1]
	// [2]
}

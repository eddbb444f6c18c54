// Package oplist reads the lists of operations that internal/genop keeps, one for
// each version of TensorFlow, for generators and tests.
package oplist

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"

	"github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
	"google.golang.org/protobuf/proto"
)

// Read reads a file ops-VERSION.pb.gz.
func Read(path string) (*op_def_go_proto.OpList, error) {
	packed, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	list, err := Unpack(packed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return list, nil
}

// Unpack reads such a file's content.
func Unpack(packed []byte) (*op_def_go_proto.OpList, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	list := &op_def_go_proto.OpList{}
	return list, proto.Unmarshal(plain, list)
}

// ByName are a list's operations by their names.
func ByName(list *op_def_go_proto.OpList) map[string]*op_def_go_proto.OpDef {
	ops := make(map[string]*op_def_go_proto.OpDef, len(list.Op))
	for _, op := range list.Op {
		ops[op.Name] = op
	}
	return ops
}

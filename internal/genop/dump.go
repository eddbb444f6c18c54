package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/internal/library"
)

// dump writes the op list of the library that is found as dir/ops-VERSION.pb.gz.
func dump(dir string) (string, error) {
	found, err := library.Find(library.TensorFlow)
	if err != nil {
		return "", err
	}
	if err := ctf.Open(found.Path); err != nil {
		return "", fmt.Errorf("%s: %w", found.Path, err)
	}
	packed, err := pack(ctf.AllOps())
	if err != nil {
		return "", fmt.Errorf("%s: %w", found.Path, err)
	}
	path := filepath.Join(dir, "ops-"+ctf.Version()+".pb.gz")
	return path, os.WriteFile(path, packed, 0o644)
}

// pack sorts an op list by name, drops the documentation and compresses it, so
// that the same library always gives the same bytes.
func pack(raw []byte) ([]byte, error) {
	var list op_def_go_proto.OpList
	if err := proto.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("op list: %w", err)
	}
	slices.SortFunc(list.Op, func(a, b *op_def_go_proto.OpDef) int { return cmp.Compare(a.Name, b.Name) })
	for _, op := range list.Op {
		op.Summary, op.Description = "", ""
		for _, a := range op.Attr {
			a.Description = ""
		}
		for _, a := range slices.Concat(op.InputArg, op.OutputArg) {
			a.Description = ""
		}
	}
	plain, err := proto.MarshalOptions{Deterministic: true}.Marshal(&list)
	if err != nil {
		return nil, fmt.Errorf("op list: %w", err)
	}
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(plain); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
	"google.golang.org/protobuf/proto"
)

//go:embed ops-*.pb.gz
var lists embed.FS

// release is one version's ops.
type release struct {
	version string
	ops     map[string]*op_def_go_proto.OpDef
}

// releases reads the committed op lists, the oldest version first.
func releases() ([]release, error) {
	names, err := fs.Glob(lists, "ops-*.pb.gz")
	if err != nil {
		return nil, err
	}
	var libs []release
	for _, name := range names {
		packed, err := lists.ReadFile(name)
		if err != nil {
			return nil, err
		}
		ops, err := unpack(packed)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		version := strings.TrimSuffix(strings.TrimPrefix(name, "ops-"), ".pb.gz")
		libs = append(libs, release{version, ops})
	}
	slices.SortFunc(libs, func(a, b release) int { return cmp.Compare(a.version, b.version) })
	return libs, nil
}

func unpack(packed []byte) (map[string]*op_def_go_proto.OpDef, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	var list op_def_go_proto.OpList
	if err := proto.Unmarshal(plain, &list); err != nil {
		return nil, err
	}
	ops := make(map[string]*op_def_go_proto.OpDef, len(list.Op))
	for _, op := range list.Op {
		ops[op.Name] = op
	}
	return ops, nil
}

// names lists the ops of all releases, sorted.
func names(libs []release) []string {
	all := map[string]bool{}
	for _, l := range libs {
		for name := range l.ops {
			all[name] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

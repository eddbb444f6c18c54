package main

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/gotf/gotf/internal/oplist"
	"github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
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
		list, err := oplist.Unpack(packed)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		version := strings.TrimSuffix(strings.TrimPrefix(name, "ops-"), ".pb.gz")
		libs = append(libs, release{version, oplist.ByName(list)})
	}
	slices.SortFunc(libs, func(a, b release) int { return cmp.Compare(a.version, b.version) })
	return libs, nil
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

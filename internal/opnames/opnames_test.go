package opnames_test

import (
	"compress/gzip"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/opnames"
	oppb "github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
	"google.golang.org/protobuf/proto"
)

var update = flag.Bool("update", false, "write names.txt")

// TestNames compares the list with the libraries' own, which the generator of
// package tf/op reads. -update writes it.
func TestNames(t *testing.T) {
	dumps, err := filepath.Glob("../genop/ops-*.pb.gz")
	if err != nil || len(dumps) < 2 {
		t.Fatal(dumps, err)
	}
	found := map[string]bool{}
	for _, path := range dumps {
		for _, op := range readOps(t, path).GetOp() {
			found[op.GetName()] = true
		}
	}
	want := slices.Sorted(maps.Keys(found))
	if *update {
		if err := os.WriteFile("names.txt", []byte(strings.Join(want, "\n")+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !slices.Equal(opnames.All(), want) {
		t.Errorf("%d names, want %d: run go test -update", len(opnames.All()), len(want))
	}
	if !opnames.Has("MatMul") || opnames.Has("MatMull") {
		t.Error("MatMul is one, MatMull none")
	}
}

func readOps(t *testing.T, path string) *oppb.OpList {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	list := &oppb.OpList{}
	if err := proto.Unmarshal(raw, list); err != nil {
		t.Fatal(err)
	}
	return list
}

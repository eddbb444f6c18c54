package opnames_test

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/oplist"
	"github.com/gotf/gotf/internal/opnames"
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
		list, err := oplist.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, op := range list.GetOp() {
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

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gotf/gotf/tf/bundle"
)

// checkpointFacts are those of a checkpoint.
type checkpointFacts struct {
	Prefix  string          `json:"prefix"`
	Tensors []savedTensor   `json:"tensors"`
	Objects *objectsSummary `json:"objects,omitempty"` // of an object-based checkpoint
}

type savedTensor struct {
	weightFacts
	Variable string `json:"variable,omitempty"` // its name in Python
	Parts    int    `json:"parts,omitempty"`    // of a partitioned variable
}

type objectsSummary struct {
	Count int      `json:"count"`
	Top   []string `json:"top"` // attributes of the root
	Slots int      `json:"slots"`
}

func inspectCheckpoint(r *inspection, prefix string) error {
	c, err := bundle.Open(prefix)
	if err != nil {
		return err
	}
	defer c.Close()
	f, total := &checkpointFacts{Prefix: prefix, Tensors: []savedTensor{}}, &weightTotals{}
	r.checkpointFacts, r.weightTotals = f, total
	r.Bytes = prefixSize(prefix)
	names := fullNames(c)
	for _, e := range c.Entries() {
		if e.Name == bundle.GraphName {
			continue
		}
		f.Tensors = append(f.Tensors, savedTensor{
			weightFacts{tensorFacts{Name: e.Name, DType: e.DType.String(), Shape: e.Shape}, e.Size}, names[e.Name], e.Parts,
		})
		if isWeight(c, e) {
			total.add(e)
		}
	}
	if !c.Has(bundle.GraphName) {
		return nil
	}
	objects, err := c.Objects()
	if err != nil {
		return err
	}
	f.Objects = &objectsSummary{Count: len(objects), Top: []string{}}
	for i, o := range objects {
		f.Objects.Slots += len(o.Slots)
		if i == 0 {
			for _, child := range o.Children {
				f.Objects.Top = append(f.Objects.Top, child.Name)
			}
		}
	}
	return nil
}

// prefixSize is the bytes of a checkpoint's files.
func prefixSize(prefix string) (n int64) {
	entries, _ := os.ReadDir(filepath.Dir(prefix))
	base := filepath.Base(prefix)
	for _, e := range entries {
		rest, ok := strings.CutPrefix(e.Name(), base)
		if !ok || rest != "" && rest != ".index" && !strings.HasPrefix(rest, ".data-") {
			continue
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			n += info.Size()
		}
	}
	return n
}

func (f *checkpointFacts) sections(most int, total *weightTotals) []reportSection {
	var t textTable
	t.line("prefix", printable(f.Prefix))
	t.line("values", fmt.Sprint(len(f.Tensors)))
	t.line("parameters", total.text())
	if o := f.Objects; o != nil {
		var top []string
		for _, name := range o.Top[:min(len(o.Top), mostLines)] {
			top = append(top, printable(name))
		}
		text := fmt.Sprintf("%d: %s", o.Count, strings.Join(top, ", "))
		if o.Slots > 0 {
			text += fmt.Sprintf("; %d slots of optimizers", o.Slots)
		}
		t.line("objects", text)
	}
	weights := slices.DeleteFunc(slices.Clone(f.Tensors), func(t savedTensor) bool { return strings.Contains(t.Name, "/.OPTIMIZER_SLOT/") })
	shown := weights[:min(len(weights), most)]
	list := textTable{right: map[int]bool{3: true}}
	for _, v := range shown {
		name := ""
		if v.Variable != "" && v.Variable != v.Name {
			name = printable(v.Variable)
		}
		list.add(printable(v.Name), v.DType, v.Shape.String(), bytesText(v.Bytes), name)
	}
	return []reportSection{{Table: t}, {"values" + ofMany(len(shown), len(f.Tensors), "the first"), list, false}}
}

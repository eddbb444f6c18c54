package inspect

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/tf/bundle"
)

// CheckpointFacts are those of a checkpoint.
type CheckpointFacts struct {
	Prefix  string          `json:"prefix"`
	Tensors []savedTensor   `json:"tensors"`
	Objects *objectsSummary `json:"objects,omitempty"` // of an object-based checkpoint
}

type savedTensor struct {
	WeightFacts
	Variable string `json:"variable,omitempty"` // its name in Python
	Parts    int    `json:"parts,omitempty"`    // of a partitioned variable
}

type objectsSummary struct {
	Count int      `json:"count"`
	Top   []string `json:"top"` // attributes of the root
	Slots int      `json:"slots"`
}

func inspectCheckpoint(r *Report, prefix string) error {
	c, err := bundle.Open(prefix)
	if err != nil {
		return err
	}
	defer c.Close()
	f, total := &CheckpointFacts{Prefix: prefix, Tensors: []savedTensor{}}, &WeightTotals{}
	r.CheckpointFacts, r.WeightTotals = f, total
	r.Bytes = prefixSize(prefix)
	names := FullNames(c)
	for _, e := range c.Entries() {
		if e.Name == bundle.GraphName {
			continue
		}
		f.Tensors = append(f.Tensors, savedTensor{
			WeightFacts{TensorFacts{Name: e.Name, DType: e.DType.String(), Shape: e.Shape}, e.Size}, names[e.Name], e.Parts,
		})
		if IsWeight(c, e) {
			total.add(e)
		}
	}
	damage := c.Check()
	if !c.Has(bundle.GraphName) {
		return damage
	}
	objects, err := c.Objects()
	if err != nil {
		return cmp.Or(damage, err)
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
	return damage
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

func (f *CheckpointFacts) sections(most int, total *WeightTotals) []reportSection {
	var t terminal.Table
	t.Line("prefix", terminal.Printable(f.Prefix))
	t.Line("values", fmt.Sprint(len(f.Tensors)))
	t.Line("parameters", total.text())
	if o := f.Objects; o != nil {
		var top []string
		for _, name := range o.Top[:min(len(o.Top), terminal.MostLines)] {
			top = append(top, terminal.Printable(name))
		}
		text := fmt.Sprintf("%d: %s", o.Count, strings.Join(top, ", "))
		if o.Slots > 0 {
			text += fmt.Sprintf("; %d slots of optimizers", o.Slots)
		}
		t.Line("objects", text)
	}
	weights := slices.DeleteFunc(slices.Clone(f.Tensors), func(t savedTensor) bool { return strings.Contains(t.Name, "/.OPTIMIZER_SLOT/") })
	shown := weights[:min(len(weights), most)]
	list := terminal.Table{Right: map[int]bool{3: true}}
	for _, v := range shown {
		name := ""
		if v.Variable != "" && v.Variable != v.Name {
			name = terminal.Printable(v.Variable)
		}
		list.Add(terminal.Printable(v.Name), v.DType, ShapeText(v.Shape), terminal.Bytes(v.Bytes), name)
	}
	return []reportSection{{Table: t}, {"values" + terminal.OfMany(len(shown), len(f.Tensors), "the first"), list, false}}
}

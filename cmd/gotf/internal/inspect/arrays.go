package inspect

import (
	"cmp"
	"fmt"
	"os"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/tf"
)

// ArrayFacts are those of a .npy or .npz file.
type ArrayFacts struct {
	Arrays []arrayFacts `json:"arrays"`
}

type arrayFacts struct {
	Name  string   `json:"name"` // in an .npz file
	DType string   `json:"dtype"`
	Shape tf.Shape `json:"shape"`
	Bytes int64    `json:"bytes"`
}

func inspectArrays(r *Report) error {
	info, err := os.Stat(r.Path)
	if err != nil {
		return fmt.Errorf("%s: %w", r.Path, atomicfile.Cause(err))
	}
	arrays, err := npy.List(r.Path)
	if err != nil {
		return err
	}
	r.Bytes, r.ArrayFacts = info.Size(), &ArrayFacts{Arrays: []arrayFacts{}}
	for _, a := range arrays {
		r.Arrays = append(r.Arrays, arrayFacts{a.Name, a.DType, tf.Shape(listed(a.Shape)), a.Size})
	}
	return nil
}

func (f *ArrayFacts) sections(most int) []reportSection {
	shown := f.Arrays[:min(len(f.Arrays), most)]
	t := terminal.Table{Right: map[int]bool{3: true}}
	for _, a := range shown {
		t.Add(terminal.Printable(cmp.Or(a.Name, "array")), a.DType, ShapeText(a.Shape), terminal.Bytes(a.Bytes))
	}
	return []reportSection{{}, {"arrays" + terminal.OfMany(len(shown), len(f.Arrays), "the first"), t, false}}
}

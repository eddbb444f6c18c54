package saving_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/keras/saving"
	"github.com/gotf/gotf/tf"
)

func TestFunctional(t *testing.T) {
	type modelCase struct {
		Name, JSON string
		Layers     []string
	}
	refused := map[string]string{
		"branch": `functional model "branch": only a chain of layers is supported; "a" and "b" both take the output of "in"`,
		"loop":   `functional model "loop": only a chain of layers is supported; layer "twice" has 2 inputs`,
	}
	for _, c := range golden.Cases[modelCase](t, "../testdata/golden/functional.json") {
		t.Run(c.Name, func(t *testing.T) {
			q, err := saving.FromJSON([]byte(c.JSON))
			if want := refused[c.Name]; want != "" {
				if !errors.Is(err, tf.Unimplemented) || !strings.Contains(err.Error(), want) {
					t.Fatalf("err = %v, want %q", err, want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, l := range q.Layers {
				names = append(names, l.Meta().Name)
			}
			if !slices.Equal(names, c.Layers) {
				t.Errorf("layers %q, want %q", names, c.Layers)
			}
			m, err := q.Build()
			if err != nil {
				t.Fatal(err)
			}
			m.Close()
		})
	}
}

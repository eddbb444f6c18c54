package optimizers_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/golden"
	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/internal/lab"
	"github.com/gotf/gotf/keras/optimizers"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/grad"
)

func TestMain(m *testing.M) { os.Exit(leaktest.Main(m)) }

type goldenCase struct {
	Name      string
	Class     string
	Config    json.RawMessage
	Variables []string
	Steps     int
}

const goldenFiles = "../testdata/golden/optimizers"

func (tc *goldenCase) optimizer(t *testing.T) core.Optimizer {
	t.Helper()
	o, err := optimizers.New(tc.Class)
	if err != nil {
		t.Fatal(err)
	}
	if err := core.Decode(tc.Class, tc.Config, o); err != nil {
		t.Fatal(err)
	}
	return o
}

// trainer holds what a model holds for an optimizer.
type trainer struct {
	o               core.Optimizer
	vars            []*core.Variable
	state           []optimizers.Slot
	stateVars       []*core.Variable
	slots           [][]*core.Variable
	iteration, rate *core.Variable
}

// fixed is an initializer: the same number everywhere.
type fixed float32

func (f fixed) Value(s *tf.Scope, shape tf.Shape, d tf.DType, _ tf.Output) tf.Output {
	v := s.Begin("Cast").In(tf.ConstScalar(s, float32(f))).Type("DstT", d).One()
	return s.Begin("Fill").In(tf.Const(s, []int64(shape), int64(len(shape)))).In(v).One()
}

func newTrainer(l *lab.Lab, o core.Optimizer, weights ...core.Weight) *trainer {
	tr := &trainer{o: o, vars: l.Variables(weights...)}
	own := l.Variables(core.Weight{Name: "iteration", Shape: tf.Shape{}, DType: tf.Int64},
		core.Weight{Name: "learning_rate", Shape: tf.Shape{}, DType: tf.Float32, Init: fixed(optimizers.LearningRate(o))})
	tr.iteration, tr.rate = own[0], own[1]
	tr.state = optimizers.State(o, tr.vars)
	tr.slots = make([][]*core.Variable, len(tr.vars))
	for i := range tr.slots {
		tr.slots[i] = make([]*core.Variable, len(o.Slots()))
	}
	for _, slot := range tr.state {
		v := l.Variables(slot.Weight)[0]
		tr.stateVars = append(tr.stateVars, v)
		tr.slots[slot.Var][slot.Slot] = v
	}
	return tr
}

// step applies gradients and counts the iteration.
func (tr *trainer) step(l *lab.Lab, grads ...tf.Output) {
	s := l.Scope
	p := &core.Step{Scope: s, LearningRate: tr.rate.Read(s), Iteration: tr.iteration.Read(s)}
	gs := make([]grad.Gradient, len(grads))
	for i, g := range grads {
		gs[i].Values = g
	}
	tr.apply(l, p, gs)
}

func (tr *trainer) apply(l *lab.Lab, p *core.Step, grads []grad.Gradient) {
	s := l.Scope
	updates := optimizers.Apply(p, tr.o, tr.vars, grads, tr.slots)
	l.Run(tr.iteration.AssignAdd(s.After(updates...), tf.ConstScalar(s, int64(1))))
}

func TestGolden(t *testing.T) {
	arrays := golden.Load(t, goldenFiles+".safetensors.gz")
	for _, tc := range golden.Cases[goldenCase](t, goldenFiles+".json") {
		t.Run(tc.Name, func(t *testing.T) {
			lab.Each(t, func(t *testing.T, l *lab.Lab) { tc.run(t, l, arrays) })
		})
	}
}

func (tc *goldenCase) run(t *testing.T, l *lab.Lab, arrays map[string]golden.Tensor) {
	tr := newTrainer(l, tc.optimizer(t), core.Weight{Name: "kernel", Shape: arrays["shared/v0"].Shape}, core.Weight{Name: "bias", Shape: arrays["shared/v1"].Shape})
	names := []string{"iteration", "learning_rate"}
	for _, slot := range tr.state {
		names = append(names, slot.Name)
	}
	if !slices.Equal(names, tc.Variables) {
		t.Fatalf("keeps %v, want %v", names, tc.Variables)
	}
	for i, v := range tr.vars {
		l.Set(v, arrays[fmt.Sprintf("shared/v%d", i)])
	}
	for n := range tc.Steps {
		tr.step(l, l.Const(arrays[fmt.Sprintf("shared/%d/g0", n)]), l.Const(arrays[fmt.Sprintf("shared/%d/g1", n)]))
		for i, v := range tr.vars {
			lab.Near(t, arrays, fmt.Sprintf("%s/%d/v%d", tc.Name, n, i), l.Value(v.Read(l.Scope)))
		}
	}
	if got := l.Value(tr.iteration.Read(l.Scope)); got[0] != float64(tc.Steps) {
		t.Errorf("iteration %v, want %d", got, tc.Steps)
	}
	lab.Near(t, arrays, tc.Name+"/slot1", l.Value(tr.rate.Read(l.Scope)))
	for i, v := range tr.stateVars {
		lab.Near(t, arrays, fmt.Sprintf("%s/slot%d", tc.Name, i+2), l.Value(v.Read(l.Scope)))
	}
}

func TestConfig(t *testing.T) {
	for _, tc := range golden.Cases[goldenCase](t, goldenFiles+".json") {
		got, err := json.Marshal(tc.optimizer(t))
		if err != nil {
			t.Error(err)
			continue
		}
		var g, w map[string]any
		if json.Unmarshal(got, &g) != nil || json.Unmarshal(tc.Config, &w) != nil || fmt.Sprint(g) != fmt.Sprint(w) {
			t.Errorf("%s\n got %s\nwant %s", tc.Name, got, strings.Join(strings.Fields(string(tc.Config)), " "))
		}
	}
}

package savedmodel_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/peers"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// traced is a program on an eager scope: a layer that is called and one that
// changes its bias.
type traced struct {
	s            *tf.Scope
	kernel, bias *tf.Variable
	functions    map[string]*tf.Function
}

type tracedIn struct {
	X     tf.Output `tf:"x"`
	Scale tf.Output `tf:"scale"`
}

func newTraced(t testing.TB) *traced {
	e, err := tf.NewEager(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := e.Scope()
	p := &traced{s: s, functions: map[string]*tf.Function{}}
	p.kernel = tf.NewVariable(s, "layer/kernel", tf.Float32, tf.Shape{2, 3})
	p.bias = tf.NewVariable(s, "layer/bias", tf.Float32, tf.Shape{3})
	p.kernel.Assign(s, tf.Const(s, []float32{1, 2, 3, 4, 5, 6}, 2, 3))
	p.bias.Assign(s, tf.Const(s, []float32{.5, .25, .125}))
	half := tf.ConstScalar(s, float32(0.5))
	s.Keep(half)
	call := tf.Trace("call", func(s *tf.Scope, in tracedIn) map[string]tf.Output {
		y := op.BiasAdd(s, op.MatMul(s, in.X, p.kernel.Read(s), nil), p.bias.Read(s), nil)
		return map[string]tf.Output{"y": op.Mul(s, y, op.Cast(s, in.Scale, tf.Float32, nil)), "half": op.Mul(s, y, half)}
	}, nil)
	shift := tf.Trace("shift", func(s *tf.Scope, by tf.Output) tf.Output {
		return op.Identity(s.After(p.bias.AssignAdd(s, by)), by)
	}, nil)
	if p.functions["call"], err = call.Concrete(s, tracedIn{}, tf.TensorSpec{Name: "x", DType: tf.Float32, Shape: tf.Shape{-1, 2}},
		tf.TensorSpec{Name: "scale", DType: tf.Int64, Shape: tf.Shape{}}); err != nil {
		t.Fatal(err)
	}
	if p.functions["shift"], err = shift.Concrete(s, tf.Output{}, tf.TensorSpec{DType: tf.Float32, Shape: tf.Shape{3}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, c := range []interface{ Close() error }{call, shift, half, p.kernel, p.bias, s, e} {
			c.Close()
		}
	})
	return p
}

func TestExportFunctions_eager(t *testing.T) {
	p, dir := newTraced(t), filepath.Join(t.TempDir(), "model")
	err := savedmodel.ExportFunctions(t.Context(), dir, p.s, p.functions, &savedmodel.ExportConfig{
		Variables: []savedmodel.Variable{{Handle: p.bias.Handle(), Name: "b", Frozen: true}},
	})
	must(t, err)
	m, err := savedmodel.Load(dir, nil)
	must(t, err)
	defer m.Close()
	in := map[string]*tf.Tensor{"x": tensor(t, []float32{1, 1}, 1, 2), "scale": number(t, int64(20))}
	check := func(want ...float32) {
		t.Helper()
		out, err := m.Call(t.Context(), "call", in)
		must(t, err)
		defer closeAll(out)
		got, err := tf.Values[float32](out["y"])
		must(t, err)
		half, err := tf.Values[float32](out["half"])
		must(t, err)
		for i := range want {
			if got[i] != want[i]*20 || half[i] != want[i]/2 {
				t.Errorf("got %v and %v, want %v times 20 and half", got, half, want)
			}
		}
	}
	check(5.5, 7.25, 9.125)
	m.Session() // variables may change from now on
	out, err := m.Call(t.Context(), "shift", map[string]*tf.Tensor{"x": tensor(t, []float32{1, 2, 3}, 3)})
	must(t, err)
	closeAll(out)
	check(6.5, 9.25, 12.125)
	sm, err := savedmodel.Read(dir)
	must(t, err)
	flags := map[string]bool{}
	for _, o := range sm.MetaGraphs[0].ObjectGraphDef.Nodes {
		if v := o.GetVariable(); v != nil {
			flags[v.Name] = v.Trainable
		}
	}
	if len(flags) != 2 || flags["b"] || !flags["layer/kernel"] {
		t.Errorf("variables %v, want b, and layer/kernel to be trained", flags)
	}
}

func TestExportFunctionsRefuses(t *testing.T) {
	p, dir := newTraced(t), filepath.Join(t.TempDir(), "model")
	m := newMLP(t)
	table := op.HashTableV2(p.s, tf.Int64, tf.Float32, nil)
	size, err := tf.NewFunction(p.s, "size", nil, func(s *tf.Scope, _ []tf.Output) []tf.Output {
		return []tf.Output{op.LookupTableSizeV2(s, table)}
	})
	must(t, err)
	defer size.Close()
	for name, tc := range map[string]struct {
		s         *tf.Scope
		functions map[string]*tf.Function
		cfg       *savedmodel.ExportConfig
		want      string
		code      tf.Code
	}{
		"graph":      {m.scope, p.functions, nil, "eager scope", tf.InvalidArgument},
		"nil":        {p.s, map[string]*tf.Function{"f": nil}, nil, "function is nil", tf.InvalidArgument},
		"none":       {p.s, nil, nil, "no signatures", tf.InvalidArgument},
		"signatures": {p.s, p.functions, m.config(), "without Signatures", tf.InvalidArgument},
		"variable":   {p.s, p.functions, &savedmodel.ExportConfig{Variables: []savedmodel.Variable{{Handle: m.x}}}, "no value of the eager scope", tf.InvalidArgument},
		"table":      {p.s, map[string]*tf.Function{"size": size}, nil, "HashTableV2", tf.Unimplemented},
	} {
		t.Run(name, func(t *testing.T) {
			err := savedmodel.ExportFunctions(t.Context(), dir, tc.s, tc.functions, tc.cfg)
			if err == nil || !strings.Contains(err.Error(), tc.want) || !errors.Is(err, tc.code) {
				t.Errorf("err = %v, want %q", err, tc.want)
			}
		})
	}
}

func number[T tf.Element](t *testing.T, v T) *tf.Tensor {
	t.Helper()
	x, err := tf.NewScalar(v)
	must(t, err)
	t.Cleanup(func() { x.Close() })
	return x
}

// TestPeersFunctions lets Python use what is exported of an eager program.
func TestPeersFunctions(t *testing.T) {
	peers.Each(t, func(t *testing.T, p peers.Peer) {
		program, dir := newTraced(t), t.TempDir()
		model := filepath.Join(dir, "model")
		must(t, savedmodel.ExportFunctions(t.Context(), model, program.s, program.functions, nil))
		m, err := savedmodel.Load(model, nil)
		must(t, err)
		defer m.Close()
		in := map[string]*tf.Tensor{"x": ramp(t, 3, 2), "scale": number(t, int64(2))}
		out, err := m.Call(t.Context(), "call", in)
		must(t, err)
		defer closeAll(out)
		x, y := filepath.Join(dir, "x.npz"), filepath.Join(dir, "y.npz")
		writeArchive(t, x, in)
		writeArchive(t, y, out)
		p.Check(t, "savedmodel_objects.py", model, "--inputs", x, "--want", y, "--signature", "call", "--trainable", "layer/kernel,layer/bias", "--skip", "main,layer")
	})
}

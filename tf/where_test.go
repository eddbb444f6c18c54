package tf_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/gotf/gotf/tf"
)

// line is where its caller stands, as errors write it.
func line() string {
	_, _, n, _ := runtime.Caller(1)
	return fmt.Sprintf("where_test.go:%d", n)
}

func TestWhereAnErrorCameFrom(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, _ func(tf.Output) *tf.Tensor) {
		x := tf.Const(s, []float32{1, 2})
		_, want := s.Sub("layer").Named("y").Begin("MatMul").In(x).In(x).One(), line()
		op := "MatMul at "
		if !s.Eager() {
			op = `MatMul "layer/y" at `
		}
		wantError(t, s.Err(), tf.InvalidArgument, "tf: "+op+want+": invalid argument: ")
	})
}

// An error of a run names the line that built the node.
func TestWhereARunFailed(t *testing.T) {
	g := newGraph(t)
	s := g.Scope()
	x := tf.Placeholder(s.Named("x"), tf.Float32, nil)
	y := tf.Placeholder(s.Named("y"), tf.Float32, nil)
	z, want := s.Named("product").Begin("MatMul").In(x).In(y).One(), line()
	sum := node(s, "AddV2", node(s, "Sum", z, tf.Const(s, []int32{0, 1})), node(s, "Sum", z, tf.Const(s, []int32{0})))
	wantOK(t, s)
	feeds := []tf.Feed{{x, newTensor(t, []float32{1, 2}, 1, 2)}, {y, newTensor(t, []float32{1, 2, 3}, 3, 1)}}
	check := func(t *testing.T, sess *tf.Session, ctx context.Context) {
		t.Helper()
		_, err := sess.Run(ctx, feeds, []tf.Output{z, sum})
		wantError(t, err, tf.InvalidArgument, `tf: run session: MatMul "product" at `+want+": invalid argument: ", "[1,2]")
	}
	sess := newSession(t, g)
	check(t, sess, background)
	ctx, cancel := context.WithTimeout(background, time.Minute)
	defer cancel()
	check(t, sess, ctx)

	t.Run("imported", func(t *testing.T) {
		def, err := g.Def()
		if err != nil {
			t.Fatal(err)
		}
		g := newGraph(t)
		outs, err := g.Import(def, &tf.ImportOptions{Returns: []string{"product"}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = newSession(t, g).RunWith(background, &tf.RunArgs{
			FeedNames: map[string]*tf.Tensor{"x": feeds[0].Tensor, "y": feeds[1].Tensor}, Fetches: outs,
		})
		wantError(t, err, tf.InvalidArgument, "tf: run session: invalid argument: ")
	})
}

// A node of a function is looked for in that function, not among the graph's
// nodes of the same name.
func TestWhereAFunctionFailed(t *testing.T) {
	g := newGraph(t)
	s := g.Scope()
	x := tf.Placeholder(s.Named("x"), tf.Float32, nil)
	node(s.Named("product"), "Neg", x)
	var want string
	f, err := tf.NewFunction(s, "f", []tf.TensorSpec{{"a", tf.Float32, nil}}, func(s *tf.Scope, in []tf.Output) []tf.Output {
		x, here := s.Named("product").Begin("MatMul").In(in[0]).In(in[0]).One(), line()
		want = here
		return []tf.Output{x}
	})
	closing(t, f, err)
	calls, err := tf.NewFunction(s, "calls", []tf.TensorSpec{{"a", tf.Float32, nil}}, func(s *tf.Scope, in []tf.Output) []tf.Output {
		return f.Call(s, in[0])
	})
	closing(t, calls, err)
	es := newEager(t)
	for name, fn := range map[string]*tf.Function{"called": f, "called by a function": calls} {
		t.Run(name, func(t *testing.T) {
			y := fn.Call(s, x)
			wantOK(t, s)
			_, err = newSession(t, g).Run(background, []tf.Feed{{x, newTensor(t, []float32{1, 2}, 1, 2)}}, y)
			wantError(t, err, tf.InvalidArgument, `tf: run session: MatMul "product" at `+want+": invalid argument: Matrix")
			es := newScope(t, es)
			fn.Call(es, tf.Const(es, []float32{1, 2}, 1, 2))
			wantError(t, es.Err(), tf.InvalidArgument, "tf: "+fn.Name()+" at where_test.go:", `: MatMul "product" at `+want+": invalid argument: Matrix")
		})
	}
	t.Run("in a loop", func(t *testing.T) {
		s := g.Scope()
		cond := newFunction(t, s, "cond", func(s *tf.Scope, x tf.Output) tf.Output { return tf.ConstScalar(s, true) })
		body := newFunction(t, s, "body", func(s *tf.Scope, x tf.Output) tf.Output {
			return s.Begin("CheckNumerics").In(node(s, "Sqrt", node(s, "Neg", x))).Str("message", "bad").One()
		})
		lower := s.WithAttrs(func(b *tf.OpBuilder) { b.Bool("_lower_using_switch_merge", true) })
		loop := lower.Named("a/loop").Begin("While").InList([]tf.Output{tf.ConstScalar(s, float32(3))}).
			Types("T", []tf.DType{tf.Float32}).Func("cond", cond).Func("body", body).Outs()
		wantOK(t, s)
		_, err := newSession(t, g).Run(background, nil, loop)
		wantError(t, err, tf.InvalidArgument, "tf: run session: ", " at where_test.go:", "bad")
	})
}

func TestOpWhere(t *testing.T) {
	s := newGraph(t).Scope()
	x, want := tf.ConstScalar(s, float32(1)), line()
	if got := x.Op().Where(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A value of a function's body that is used outside says so.
func TestWhereAValueLeaked(t *testing.T) {
	inModes(t, func(t *testing.T, s *tf.Scope, _ func(tf.Output) *tf.Tensor) {
		var leaked tf.Output
		var want string
		x := tf.ConstScalar(s, float32(1))
		newFunction(t, s, "f", func(s *tf.Scope, x tf.Output) tf.Output {
			leaked, want = s.Begin("Neg").In(x).One(), line()
			return x
		})
		node(s, "Add", x, leaked)
		wantError(t, s.Err(), tf.InvalidArgument, "input 1 is Neg:0 of the body of a function (made at "+want+")")
	})
}

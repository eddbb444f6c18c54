package grad

import (
	"fmt"
	"math"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/control"
	"github.com/gotf/gotf/tf/op"
)

// loop is a While while its gradient is built. Two loops replace what cannot be
// changed any more: the same loop again, which also keeps what the gradient needs
// of each round in TensorLists, and one that goes through the rounds backwards.
type loop struct {
	s, fs      *tf.Scope // of the gradient, and of what repeats the forward loop
	o          tf.Op
	cond, body *tf.Function

	b           *tf.FunctionBuilder // the body that keeps
	count       tf.Output           // in b: the round
	vars, next  []tf.Output         // in b: the loop's variables, before and after the round
	values      []int               // variables whose gradients go round with the backward loop
	handles     []int               // handles of tf.Variables whose gradients are summed up
	handleTypes []tf.DType

	back  *tf.Function // one round backwards
	saved []saved      // what back captured, in order
}

// saved is a value of the forward loop that the backward loop needs.
type saved struct {
	value tf.Output // in b
	fixed tf.Output // where it is the same in all rounds: that, for the backward loop
	list  int       // else the number of its list
}

func whileRule(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
	l := &loop{s: s, fs: forwardScope(s, o), o: o}
	if l.open() {
		l.choose(dy, need)
	}
	defer l.close()
	if s.Err() != nil || len(l.values)+len(l.handles) == 0 {
		return nil
	}
	if !l.backward() {
		return nil
	}
	count, lists := l.forward()
	if s.SetErr(l.fs.Err()); s.Err() != nil {
		return nil
	}
	return l.reverse(count, lists, dy)
}

func (l *loop) open() bool {
	var err error
	if l.cond, err = l.o.Func("cond"); err == nil {
		l.body, err = l.o.Func("body")
	}
	if err == nil {
		l.b, err = tf.BuildFunction(l.fs)
	}
	if err != nil {
		l.s.SetErr(err)
		return false
	}
	if overwritten(l.s, l.o, l.body) || overwritten(l.s, l.o, l.cond) {
		return false
	}
	l.count = l.b.Arg(tf.TensorSpec{Name: "round", DType: tf.Int32, Shape: tf.Shape{}})
	for i, x := range l.o.Inputs() {
		l.vars = append(l.vars, l.b.Arg(tf.TensorSpec{DType: x.DType(), Shape: l.o.Output(i).Shape()}))
	}
	l.next = l.body.Inline(l.b.Scope(), l.vars...)
	l.s.SetErr(l.b.Scope().Err())
	if l.s.Err() != nil {
		return false
	}
	if bad := impure(upstream(l.next, nil), nil); !bad.IsNil() {
		again(l.s, l.o, bad.Type(), fmt.Sprintf("%q", bad.Name()))
	}
	return l.s.Err() == nil
}

func (l *loop) close() {
	l.cond.Close()
	l.body.Close()
	l.back.Close()
	if l.b != nil {
		l.b.Close()
	}
}

// choose finds the variables whose gradients matter: the results with gradients
// depend on them, and they on inputs whose gradients are needed.
func (l *loop) choose(dy []tf.Output, need []bool) {
	n := len(l.vars)
	from := make([]map[int]bool, n) // the variables that each next one depends on
	reached, wanted := make([]bool, n), make([]bool, n)
	for i, y := range l.next {
		from[i] = l.dependsOn(y)
		reached[i] = !dy[i].IsNil()
		wanted[i] = need[i]
	}
	for changed := true; changed; {
		changed = false
		for i := range n {
			for j := range from[i] {
				if reached[i] && !reached[j] {
					reached[j], changed = true, true
				}
				if wanted[j] && !wanted[i] {
					wanted[i], changed = true, true
				}
			}
		}
	}
	for i, v := range l.vars {
		switch {
		case !reached[i] || !wanted[i] || !carries(v.DType()):
		case v.DType() != tf.Resource:
			l.values = append(l.values, i)
		case l.invariant(i):
			l.handles = append(l.handles, i)
		default:
			fail(l.s, l.o, tf.Unimplemented, "loop variable %d is a resource that changes from round to round", i)
		}
	}
}

// dependsOn are the loop variables that a gradient of y goes to.
func (l *loop) dependsOn(y tf.Output) map[int]bool {
	number := make(map[tf.Output]int, len(l.vars))
	for i, v := range l.vars {
		number[v] = i
	}
	found, seen := map[int]bool{}, map[tf.Output]bool{}
	for todo := []tf.Output{y}; len(todo) > 0; {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if i, ok := number[x]; ok {
			found[i] = true
			continue
		}
		if r, known := lookup(x.Op().Type()); seen[x] || known && r == nil && x.Op().Gradient() == nil {
			continue
		}
		seen[x] = true
		for _, in := range x.Op().Inputs() {
			if carries(in.DType()) {
				todo = append(todo, in)
			}
		}
	}
	return found
}

// invariant reports whether variable i stays as it is.
func (l *loop) invariant(i int) bool { return plain(l.next[i]) == l.vars[i] }

// plain is what x is through Identity operations.
func plain(x tf.Output) tf.Output {
	for x.Op().Type() == "Identity" {
		x = x.Op().Input(0)
	}
	return x
}

// backward makes the function of one round backwards: from the gradients of the
// next values to those of the values, and of handles. What it uses of the round
// becomes captures.
func (l *loop) backward() bool {
	var specs []tf.TensorSpec
	for _, i := range l.values {
		specs = append(specs, tf.TensorSpec{DType: l.vars[i].DType(), Shape: l.next[i].Shape()})
	}
	back, err := tf.NewFunction(l.b.Scope(), "gradient_round", specs, func(s *tf.Scope, in []tf.Output) []tf.Output {
		dy, need := make([]tf.Output, len(l.vars)), make([]bool, len(l.vars))
		for k, i := range l.values {
			dy[i], need[i] = in[k], true
		}
		for _, i := range l.handles {
			need[i] = true
		}
		dxs := through(s, upstream(some(l.next, dy), nil), l.next, l.vars, dy, need)
		var out []tf.Output
		for k, i := range l.values {
			if dxs[i].IsNil() {
				dxs[i] = l.noGradient(s, i, in[k])
			}
			out = append(out, dxs[i])
		}
		kept := l.handles[:0]
		for _, i := range l.handles {
			if !dxs[i].IsNil() {
				kept, out, l.handleTypes = append(kept, i), append(out, dxs[i]), append(l.handleTypes, dxs[i].DType())
			}
		}
		l.handles = kept
		return out
	})
	if err != nil {
		l.s.SetErr(err)
		return false
	}
	l.back = back
	lists := 0
	for _, c := range back.Captures() {
		v := saved{value: c}
		if v.fixed = l.fixed(c); v.fixed.IsNil() {
			v.list = lists
			lists++
		}
		l.saved = append(l.saved, v)
	}
	return l.s.Err() == nil
}

// noGradient are zeros for variable i, which the next values do not depend on.
func (l *loop) noGradient(s *tf.Scope, i int, like tf.Output) tf.Output {
	if sameShape(l.vars[i], l.next[i]) {
		return op.ZerosLike(s, like)
	}
	return op.ZerosLike(s, l.vars[i])
}

// fixed is the value outside of the loop that c, in its body, always has; none if
// c changes.
func (l *loop) fixed(c tf.Output) tf.Output {
	if c.Op().Type() == "Const" {
		return l.s.Begin("Const").Proto("value", c.Op().Attr("value")).Type("dtype", c.DType()).One()
	}
	for i, v := range l.vars {
		if plain(c) == v && l.invariant(i) {
			return l.o.Input(i)
		}
	}
	return tf.Output{}
}

// forward adds the loop that keeps, and returns the number of its rounds and the
// lists.
func (l *loop) forward() (count tf.Output, lists []tf.Output) {
	bs := l.b.Scope()
	init := append([]tf.Output{tf.ConstScalar(l.fs, int32(0))}, l.o.Inputs()...)
	out := append([]tf.Output{op.AddV2(bs, l.count, tf.ConstScalar(bs, int32(1)))}, l.next...)
	shapes := []tf.Shape{{}}
	for _, y := range l.o.Outputs() {
		shapes = append(shapes, y.Shape())
	}
	for _, v := range l.saved {
		if !v.fixed.IsNil() {
			continue
		}
		list := l.b.Arg(tf.TensorSpec{DType: tf.Variant, Shape: tf.Shape{}})
		out = append(out, op.TensorListPushBack(bs, list, v.value))
		none := op.EmptyTensorList(l.fs, partialShape(l.fs, v.value), tf.ConstScalar(l.fs, l.most()), v.value.DType())
		init, shapes = append(init, none), append(shapes, tf.Shape{})
	}
	body, err := l.b.Function(l.body.Name()+"_forward", out)
	if err != nil {
		l.fs.SetErr(err)
		return tf.Output{}, nil
	}
	defer body.Close()
	n := len(l.vars)
	outs := l.while(l.fs, init, shapes, body, func(s *tf.Scope, in []tf.Output) []tf.Output {
		return l.cond.Inline(s, in[1:1+n]...)
	})
	if len(outs) == 0 {
		return tf.Output{}, nil
	}
	return outs[0], outs[1+n:]
}

// most is the number of elements that a list may hold, if it is known how often
// the loop goes round, which XLA wants to know; else -1.
func (l *loop) most() int32 {
	if n := l.o.AttrInt(control.MostTurns); n > 0 && n < math.MaxInt32 {
		return int32(n)
	}
	return -1
}

// partialShape is x's shape as far as it is known, for lists.
func partialShape(s *tf.Scope, x tf.Output) tf.Output {
	sh := x.Shape()
	if sh == nil {
		return tf.ConstScalar(s, int32(-1))
	}
	return ints(s, sh...)
}

// while adds a While.
func (l *loop) while(s *tf.Scope, init []tf.Output, shapes []tf.Shape, body *tf.Function, cond func(*tf.Scope, []tf.Output) []tf.Output) []tf.Output {
	c, err := tf.NewFunction(s, "gradient_cond", body.Inputs(), cond)
	if err != nil {
		s.SetErr(err)
		return nil
	}
	defer c.Close()
	b := s.Begin("While").InList(init).Func("cond", c).Func("body", body).Shapes("output_shapes", shapes)
	if rounds := l.o.AttrInt("parallel_iterations"); rounds > 0 {
		b.Int("parallel_iterations", rounds)
	}
	if s.Graph() != nil {
		b.Bool(control.Lower, !s.JIT())
	}
	return b.Outs()
}

// reverse adds the loop that goes backwards, and returns the gradients of o's
// inputs.
func (l *loop) reverse(count tf.Output, lists, dy []tf.Output) []tf.Output {
	init, shapes := []tf.Output{count}, []tf.Shape{{}}
	for _, i := range l.values {
		g := dy[i]
		if g.IsNil() {
			g = op.ZerosLike(l.s, l.o.Output(i))
		}
		init, shapes = append(init, g), append(shapes, l.o.Output(i).Shape())
	}
	for k, i := range l.handles {
		g := dy[i]
		if g.IsNil() {
			g = zerosOf(l.s, l.o.Input(i), l.handleTypes[k])
		}
		init, shapes = append(init, g), append(shapes, g.Shape())
	}
	carried := len(init)
	for _, list := range lists {
		init, shapes = append(init, list), append(shapes, tf.Shape{})
	}
	for _, v := range l.saved {
		if !v.fixed.IsNil() {
			init, shapes = append(init, v.fixed), append(shapes, v.fixed.Shape())
		}
	}
	specs := make([]tf.TensorSpec, len(init))
	for i, x := range init {
		specs[i] = tf.TensorSpec{DType: x.DType(), Shape: shapes[i]}
	}
	body, err := tf.NewFunction(l.s, "gradient_body", specs, func(s *tf.Scope, in []tf.Output) []tf.Output {
		return l.round(s, in, carried, len(lists))
	})
	if err != nil {
		l.s.SetErr(err)
		return nil
	}
	defer body.Close()
	outs := l.while(l.s, init, shapes, body, func(s *tf.Scope, in []tf.Output) []tf.Output {
		return []tf.Output{op.Greater(s, in[0], tf.ConstScalar(s, int32(0)))}
	})
	if len(outs) == 0 {
		return nil
	}
	dxs := make([]tf.Output, len(l.vars))
	for k, i := range append(l.values[:len(l.values):len(l.values)], l.handles...) {
		dxs[i] = outs[1+k]
	}
	return dxs
}

// round is the body of the backward loop. in are the rounds left, the gradients,
// the lists and the fixed values.
func (l *loop) round(s *tf.Scope, in []tf.Output, carried, lists int) []tf.Output {
	out := []tf.Output{op.Sub(s, in[0], tf.ConstScalar(s, int32(1)))}
	args := append([]tf.Output(nil), in[1:1+len(l.values)]...)
	left, fixed := in[carried:carried+lists:carried+lists], in[carried+lists:]
	shorter := make([]tf.Output, lists)
	for _, v := range l.saved {
		if !v.fixed.IsNil() {
			args, fixed = append(args, fixed[0]), fixed[1:]
			continue
		}
		list, value := op.TensorListPopBack(s, left[v.list], partialShape(s, v.value), v.value.DType())
		shorter[v.list] = list
		args = append(args, value)
	}
	dxs := l.back.Inline(s, args...)
	for k, dx := range dxs {
		if k >= len(l.values) {
			dx = op.AddV2(s, in[1+k], dx)
		}
		out = append(out, dx)
	}
	out = append(out, shorter...)
	return append(out, in[carried+lists:]...)
}

package grad

import (
	"slices"
	"strings"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/control"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
)

// v1Loop is a loop as graphs of TensorFlow 1, and frozen ones, have it. Each
// variable runs in a circle,
//
//	Enter -> Merge -> Switch -> body -> NextIteration -> Merge
//
// which it leaves by the other side of Switch, through Exit. Switches ask the
// loop's LoopCond. Values from outside that stay come in by an Enter alone.
type v1Loop struct {
	frame  string
	cond   tf.Op   // LoopCond
	exits  []tf.Op // those that are asked for
	merges []tf.Op // of the variables
	fixed  []tf.Op // Enters of what stays
	inside map[tf.Op]bool
	inner  []*v1Loop // that are in no other loop inside of this one
	nested bool
	while  []tf.Output // the results of the same loop as a While
}

// v1Loops finds the outermost loops in ops, each after those it depends on, with
// those inside of them. Loops that are not of the form above are left out.
func v1Loops(ops []tf.Op) (loops []*v1Loop) {
	byCond := map[tf.Op]*v1Loop{}
	for _, o := range ops {
		if o.Type() != "Exit" && o.Type() != "RefExit" {
			continue
		}
		sw := o.Input(0).Op()
		merge, cond := sw.Input(0).Op(), sw.Input(1).Op()
		if cond.Type() != "LoopCond" || !isMerge(merge) {
			continue
		}
		enter := merge.Input(0).Op()
		l := byCond[cond]
		if l == nil {
			l = &v1Loop{frame: enter.AttrString("frame_name"), cond: cond}
			byCond[cond] = l
			loops = append(loops, l)
		}
		if l.mine(enter) {
			l.exits = append(l.exits, o)
		}
	}
	for _, l := range loops {
		l.explore()
	}
	for _, l := range loops {
		within := slices.DeleteFunc(slices.Clone(loops), func(m *v1Loop) bool { return m == l || !l.inside[m.cond] })
		for _, m := range within {
			m.nested = true
			if !slices.ContainsFunc(within, func(k *v1Loop) bool { return k != m && k.inside[m.cond] }) {
				l.inner = append(l.inner, m)
			}
		}
	}
	return slices.DeleteFunc(loops, func(l *v1Loop) bool { return l.nested })
}

// isMerge reports whether o begins the rounds of a loop's variable.
func isMerge(o tf.Op) bool {
	return (o.Type() == "Merge" || o.Type() == "RefMerge") && o.NumInputs() == 2 && isEnter(o.Input(0).Op()) &&
		strings.HasSuffix(o.Input(1).Op().Type(), "NextIteration")
}

func isEnter(o tf.Op) bool { return o.Type() == "Enter" || o.Type() == "RefEnter" }

// explore finds the loop's operations, from its results backwards.
func (l *v1Loop) explore() {
	l.inside = map[tf.Op]bool{}
	todo := append([]tf.Op{l.cond}, l.exits...)
	for len(todo) > 0 {
		o := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if l.inside[o] {
			continue
		}
		l.inside[o] = true
		switch {
		case isMerge(o) && l.mine(o.Input(0).Op()):
			l.merges = append(l.merges, o)
			l.inside[o.Input(0).Op()] = true
			todo = append(todo, o.Input(1).Op())
		case isEnter(o) && l.mine(o):
			l.fixed = append(l.fixed, o)
		default:
			for _, in := range o.Inputs() {
				todo = append(todo, in.Op())
			}
		}
	}
}

// mine reports whether an Enter is into this loop, not into one inside of it.
func (l *v1Loop) mine(enter tf.Op) bool { return enter.AttrString("frame_name") == l.frame }

// variable is the number of the variable that a Merge begins.
func (l *v1Loop) variable(merge tf.Op) int { return slices.Index(l.merges, merge) }

// argument is the number of the While's argument that x is in a round; -1 if x is
// computed.
func (l *v1Loop) argument(x tf.Output) int {
	o := x.Op()
	switch {
	case isEnter(o):
		if i := slices.Index(l.fixed, o); i >= 0 {
			return len(l.merges) + i
		}
	case isMerge(o) && x == o.Output(0):
		return l.variable(o)
	case o.Input(1).Op() == l.cond && x == o.Output(1):
		return l.variable(o.Input(0).Op())
	}
	return -1
}

// raise makes a While that computes what the loop does, in the same graph, whose
// definition is def.
func (l *v1Loop) raise(s *tf.Scope, def *graphpb.GraphDef) {
	for _, m := range l.inner {
		m.raise(s, def)
	}
	if len(l.inner) > 0 {
		def = definition(s, l.cond.Graph())
	}
	if s.Err() != nil {
		return
	}
	var init, next []tf.Output
	var shapes []tf.Shape
	for _, m := range l.merges {
		init, shapes = append(init, dereferenced(s, m.Input(0).Op().Input(0))), append(shapes, m.Output(0).Shape())
		next = append(next, m.Input(1).Op().Input(0))
	}
	for _, e := range l.fixed {
		x := dereferenced(s, e.Input(0))
		init, next, shapes = append(init, x), append(next, e.Output(0)), append(shapes, x.Shape())
	}
	if bad, what := l.refused(); what != "" {
		fail(s, bad, tf.Unimplemented, "%s inside of a loop of TensorFlow 1 is not differentiated; %s", what, loopAdvice)
		return
	}
	cond := l.function(s, def, "loop_cond", init, shapes, []tf.Output{l.cond.Input(0)})
	defer cond.Close()
	body := l.function(s, def, "loop_body", init, shapes, next)
	defer body.Close()
	if s.Err() != nil {
		return
	}
	b := s.Begin("While").InList(init).Func("cond", cond).Func("body", body).Shapes("output_shapes", shapes)
	if rounds := l.merges[0].Input(0).Op().AttrInt("parallel_iterations"); rounds > 0 {
		b.Int("parallel_iterations", rounds)
	}
	l.while = b.Bool(control.Lower, true).Outs()
}

// refused finds what keeps the loop from being differentiated: a Switch that is
// no loop's, as what is behind it does not exist in every round and cannot be kept
// for the gradient, or a TensorArray, which cannot be written a second time.
func (l *v1Loop) refused() (bad tf.Op, what string) {
	for o := range l.inside {
		found := ""
		switch t := o.Type(); {
		case (t == "Switch" || t == "RefSwitch") && o.Input(1).Op().Type() != "LoopCond":
			found = "a conditional"
		case strings.HasPrefix(t, "TensorArray"):
			found = "a TensorArray"
		}
		if found != "" && (what == "" || o.Name() < bad.Name()) {
			bad, what = o, found
		}
	}
	return bad, what
}

// dereferenced is the value of x, which may be a reference.
func dereferenced(s *tf.Scope, x tf.Output) tf.Output {
	if x.DType() > refOffset {
		return identity(s, x)
	}
	return x
}

// result is what x, the output of one of the loop's Exits, is of the While.
func (l *v1Loop) result(x tf.Output) tf.Output {
	return l.while[l.variable(x.Op().Input(0).Op().Input(0).Op())]
}

// function copies the operations that compute results in a round.
func (l *v1Loop) function(s *tf.Scope, def *graphpb.GraphDef, name string, init []tf.Output, shapes []tf.Shape, results []tf.Output) *tf.Function {
	if s.Err() != nil {
		return nil
	}
	b, err := tf.BuildFunction(s)
	if err != nil {
		s.SetErr(err)
		return nil
	}
	defer b.Close()
	args := make([]tf.Output, len(init))
	for i, x := range init {
		args[i] = b.Arg(tf.TensorSpec{DType: x.DType(), Shape: shapes[i]})
	}
	outs, err := l.copyTo(b.Scope().Graph(), def, args, results)
	var f *tf.Function
	if err == nil {
		f, err = b.Function(name, outs)
	}
	if err != nil {
		s.SetErr(err)
	}
	return f
}

// dependOnXs are the loops through which a gradient can flow to xs.
func dependOnXs(loops []*v1Loop, ops []tf.Op, xs []tf.Output) []*v1Loop {
	on := map[tf.Output]bool{}
	for _, x := range xs {
		on[x] = true
	}
	for before := -1; before < len(on); { // again and again, as loops are circles
		before = len(on)
		for _, o := range ops {
			if slices.ContainsFunc(o.Inputs(), func(in tf.Output) bool { return on[in] && carries(in.DType()) }) {
				for _, y := range o.Outputs() {
					on[y] = true
				}
			}
		}
	}
	return slices.DeleteFunc(loops, func(l *v1Loop) bool {
		return !slices.ContainsFunc(l.exits, func(o tf.Op) bool { return on[o.Output(0)] })
	})
}

// pullback is the gradient of ys, computed by ops, with respect to xs. Loops of
// TensorFlow 1 are put in as While: first comes what follows the loops, then
// each of them, the last one first, with what is before it.
func pullback(s *tf.Scope, ops []tf.Op, ys, xs, dys []tf.Output) []Gradient {
	loops := v1Loops(ops)
	if len(loops) > 0 {
		loops = dependOnXs(loops, ops, xs)
	}
	if len(loops) == 0 {
		return backprop(s, path(ops, xs), ys, xs, dys)
	}
	if !raiseAll(s, loops, xs) {
		return make([]Gradient, len(xs))
	}
	var exits, wrt []tf.Output
	for _, l := range loops {
		for _, e := range l.exits {
			exits = append(exits, e.Output(0))
		}
	}
	for _, x := range slices.Concat(xs, exits) {
		if !slices.Contains(wrt, x) { // each of them once, as their gradients are added up
			wrt = append(wrt, x)
		}
	}
	total := sums{s, map[tf.Output][]Gradient{}}
	back := func(ys, dys []tf.Output) {
		for i, g := range backprop(s, path(upstream(ys, exits), wrt), ys, wrt, dys) {
			if !g.IsNil() {
				total.add(wrt[i], g)
			}
		}
	}
	back(ys, dys)
	for _, l := range slices.Backward(loops) {
		var ys, dys []tf.Output
		for _, e := range l.exits {
			if x := e.Output(0); len(total.list[x]) > 0 {
				ys, dys = append(ys, l.result(x)), append(dys, total.of(x).Dense(s))
			}
		}
		if len(ys) > 0 && s.Err() == nil {
			back(ys, dys)
		}
	}
	dxs := make([]Gradient, len(xs))
	for i, x := range xs {
		if s.Err() == nil {
			dxs[i] = total.of(x)
		}
	}
	return dxs
}

// raiseAll raises the loops.
func raiseAll(s *tf.Scope, loops []*v1Loop, xs []tf.Output) bool {
	fs := forwardScope(s, loops[0].cond)
	def := definition(fs, loops[0].cond.Graph())
	for _, l := range loops {
		for _, x := range xs {
			if l.inside[x.Op()] && !slices.Contains(l.exits, x.Op()) {
				fail(s, x.Op(), tf.Unimplemented, "%s is inside of the loop %s; differentiate by a value outside", x.Name(), l.frame)
				return false
			}
		}
		l.raise(fs, def)
	}
	s.SetErr(fs.Err())
	return s.Err() == nil
}

// definition is g's message form, that of an empty graph if s fails.
func definition(s *tf.Scope, g *tf.Graph) *graphpb.GraphDef {
	def, err := g.Def()
	if err != nil {
		s.SetErr(err)
		return &graphpb.GraphDef{}
	}
	return def
}

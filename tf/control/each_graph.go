package control

import (
	"strings"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// graph adds the loop. What is collected goes into lists that the loop captures
// and replaces: their types are not known before f is traced.
func (e *each) graph() (state, out []tf.Output) {
	aux := e.s.Sub(strings.ToLower(e.what))
	in := make([]List, len(e.elems))
	for k, x := range e.elems {
		in[k] = ListOf(aux, x)
	}
	n := in[0].Len(aux)
	if e.n >= 0 {
		n = tf.ConstScalar(aux, int32(e.n))
	}
	specs := []tf.TensorSpec{{Name: "i", DType: tf.Int32, Shape: tf.Shape{}}}
	for _, x := range e.state {
		specs = append(specs, tf.TensorSpec{DType: x.DType(), Shape: x.Shape()})
	}
	var lists []List
	l := &loop{s: e.s, what: e.what, specs: specs, hidden: 1, parallel: e.parallel, most: max(e.n, 0)}
	l.cond = func(s *tf.Scope, vars []tf.Output) tf.Output { return op.Less(s, vars[0], n) }
	l.body = func(s *tf.Scope, vars []tf.Output) ([]tf.Output, map[tf.Output]tf.Output) {
		i := vars[0]
		if e.reverse {
			i = op.Sub(s, op.Sub(s, n, tf.ConstScalar(s, int32(1))), i)
		}
		elems := make([]tf.Output, len(in))
		for k, x := range in {
			elems[k] = x.Get(s, i)
		}
		next, row := e.f(s, vars[1:], elems)
		replaced := map[tf.Output]tf.Output{}
		for _, x := range row {
			if s.Err() != nil {
				break
			}
			list := Reserve(aux, x.DType(), x.Shape(), n)
			s.SetErr(aux.Err())
			lists = append(lists, list)
			holder := s.Local(list.Handle)
			replaced[holder] = list.With(holder).Set(s, i, x).Handle
		}
		return append([]tf.Output{op.AddV2(s, vars[0], tf.ConstScalar(s, int32(1)))}, next...), replaced
	}
	results, captured := l.add(append([]tf.Output{tf.ConstScalar(aux, int32(0))}, e.state...))
	if e.s.Err() != nil {
		return nil, nil
	}
	for _, list := range lists {
		for k, c := range captured {
			if c == list.Handle {
				list = list.With(results[len(specs)+k])
				break
			}
		}
		out = append(out, list.stack(aux, e.n))
	}
	return results[1:len(specs)], out
}

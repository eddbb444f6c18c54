package grad

import "github.com/gotf/gotf/tf"

// spread finds what depends on x: for each value the operation that made integers
// or strings on the way to it, none where gradients flow so far.
func spread(s *tf.Scope, ops []tf.Op, x tf.Output) map[tf.Output]tf.Op {
	through := map[tf.Output]tf.Op{x: {}}
	for _, o := range ops {
		if metadata[o.Type()] {
			continue
		}
		for i, in := range o.Inputs() {
			by, on := through[in]
			if !on {
				continue
			}
			if fs, first := called(o); by.IsNil() && len(fs) > 0 {
				spreadCall(s, through, o, fs, i-first)
				closeAll(fs)
				continue
			}
			for _, y := range o.Outputs() {
				spreadTo(through, o, y, by)
			}
		}
	}
	return through
}

// spreadTo notes that y, of o, depends on x, through by if that is one.
func spreadTo(through map[tf.Output]tf.Op, o tf.Op, y tf.Output, by tf.Op) {
	switch d := y.DType(); {
	case d == tf.Bool:
	case !by.IsNil():
		note(through, y, by)
	case carries(d):
		if r, known := lookup(o.Type()); !known || r != nil || o.Gradient() != nil {
			note(through, y, tf.Op{})
		}
	case !mixed(o): // the indices of TopK and the like go with its values
		note(through, y, o)
	}
}

// note keeps the way on which gradients flow, if there is one.
func note(through map[tf.Output]tf.Op, y tf.Output, by tf.Op) {
	if old, on := through[y]; !on || !old.IsNil() {
		through[y] = by
	}
}

// called are the functions that o calls once, and the first input that they take.
func called(o tf.Op) (fs []*tf.Function, first int) {
	switch o.Type() {
	case "While", "StatelessWhile":
		return nil, 0
	case "If", "StatelessIf", "Case", "StatelessCase":
		first = 1
	}
	if f, err := o.Callee(); err == nil {
		return []*tf.Function{f}, 0
	}
	for _, a := range bodies[o.Type()] {
		more, err := o.Funcs(a)
		if err != nil {
			closeAll(fs)
			return nil, 0
		}
		fs = append(fs, more...)
	}
	return fs, first
}

// spreadCall goes on through the functions fs that o calls, from their argument i.
func spreadCall(s *tf.Scope, through map[tf.Output]tf.Op, o tf.Op, fs []*tf.Function, i int) {
	for _, f := range fs {
		b, err := tf.BuildFunction(s)
		if err != nil {
			return
		}
		var args []tf.Output
		for _, spec := range f.Declared() {
			args = append(args, b.Arg(spec))
		}
		outs := f.Inline(b.Scope(), args...)
		if b.Scope().Err() == nil && i >= 0 && i < len(args) {
			inside := spread(b.Scope(), upstream(outs, nil), args[i])
			for k, y := range outs {
				if by, on := inside[y]; on && k < o.NumOutputs() {
					note(through, o.Output(k), by)
				}
			}
		}
		b.Close()
	}
}

package tf

import "slices"

// body is the scope of a function while it is traced.
type body struct {
	outer    *Scope
	captured []Output      // values of outer scopes
	holders  []Output      // the placeholders that stand for them
	deps     []*definition // functions that the body calls, each counted
}

// capture is the placeholder in s that stands for o of an outer scope.
func (b *body) capture(s *Scope, o Output) (Output, bool) {
	if i := slices.Index(b.captured, o); i >= 0 {
		return b.holders[i], true
	}
	o, ok := b.outer.local("capture", o, 0)
	if !ok {
		s.SetErr(b.outer.Err())
		return Output{}, false
	}
	if i := slices.Index(b.captured, o); i >= 0 {
		return b.holders[i], true
	}
	plain := s.g.Scope()
	h := Placeholder(plain.Named("capture"), o.DType(), o.Shape())
	s.SetErr(plain.Err())
	b.captured = append(b.captured, o)
	b.holders = append(b.holders, h)
	return h, h.n != nil
}

func (b *body) release() {
	for _, d := range b.deps {
		d.release()
	}
	b.deps = nil
}

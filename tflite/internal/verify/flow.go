package verify

// flow follows the values of a subgraph in the order of its operators.
type flow struct {
	subgraph
	known  []bool // has a value by now
	fixed  []bool // no operator may write it
	read   []bool
	writes [][]int // what each operator writes
}

func newFlow(s subgraph) *flow {
	n := len(s.tensors)
	f := &flow{subgraph: s, known: make([]bool, n), fixed: make([]bool, n), read: make([]bool, n)}
	for i, t := range s.tensors {
		f.fixed[i] = t.constant != nil
		f.known[i] = t.constant != nil || t.variable || t.empty
	}
	for _, t := range s.ints("Inputs") {
		f.known[t], f.fixed[t] = true, true
	}
	return f
}

// operator checks that an operator reads only what has a value, and writes
// only what has none.
func (f *flow) operator(o record) error {
	for _, t := range o.ints("Inputs") {
		if t < 0 {
			continue
		}
		if !f.known[t] {
			return in("Inputs", damaged("nothing computes tensor %d before", t))
		}
		f.read[t] = true
	}
	out := o.ints("Outputs")
	for _, t := range out {
		if f.fixed[t] {
			return in("Outputs", damaged("tensor %d has a value already", t))
		}
		f.known[t], f.fixed[t] = true, true
	}
	if len(out) > 0 {
		f.writes = append(f.writes, out)
	}
	return nil
}

// outputs checks that the subgraph's outputs are computed, and looks for
// operators that computed nothing of use.
func (f *flow) outputs() (dead bool, err error) {
	for _, t := range f.ints("Outputs") {
		if !f.known[t] {
			return false, in("Outputs", damaged("nothing computes tensor %d", t))
		}
		f.read[t] = true
	}
	for _, out := range f.writes {
		used := false
		for _, t := range out {
			used = used || f.read[t]
		}
		dead = dead || !used
	}
	return dead, nil
}

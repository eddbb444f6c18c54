package tf

// Recorder notes the operations that depend on watched values, in the order
// they are made. It serves one goroutine; what it noted of an eager scope is
// usable until that scope closes.
type Recorder struct {
	watched map[Output]bool
	ops     []Op
	stopped bool
}

// NewRecorder watches nothing yet. See [Scope.Recording].
func NewRecorder() *Recorder { return &Recorder{watched: map[Output]bool{}} }

// Watch adds values whose consumers are noted.
func (r *Recorder) Watch(outs ...Output) {
	for _, o := range outs {
		r.watched[o] = true
	}
}

// Watched reports whether o is watched or depends on what is.
func (r *Recorder) Watched(o Output) bool { return r.watched[o] }

// Ops are the operations noted so far.
func (r *Recorder) Ops() []Op { return r.ops }

// Pause stops the recorder from noting, or lets it go on.
func (r *Recorder) Pause(paused bool) { r.stopped = paused }

// Reset forgets all.
func (r *Recorder) Reset() {
	clear(r.watched)
	r.ops = nil
}

func (r *Recorder) see(n *node, b *OpBuilder) {
	if r.stopped {
		return
	}
	for _, o := range b.outs {
		if !r.watched[o] {
			continue
		}
		if !n.hasInputs {
			n.hasInputs = true
			n.ins = append([]Output(nil), b.outs...)
			n.attrs = append([]byte(nil), b.at...)
			n.counts = append([]int32(nil), b.counts...)
		}
		for i := range n.dts {
			r.watched[Output{n, int32(i)}] = true
		}
		r.ops = append(r.ops, Op{n})
		return
	}
}

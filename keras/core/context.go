package core

import "github.com/gotf/gotf/tf"

// Context travels with the call of a model through its layers.
type Context struct {
	Scope    *tf.Scope
	Training bool // dropout drops, batch normalization uses the batch's statistics
	Policy   Policy
	Mask     tf.Output // bool, [batch, time]: the steps of the input that count; zero: all do

	// Seed is the model's seed; Iteration counts training steps (int64 scalar,
	// zero Output outside training); Replica is this tower's number.
	Seed      int64
	Iteration tf.Output
	Replica   int64

	shared *shared
}

// shared is what the contexts of one call have in common.
type shared struct {
	reads   map[*Variable]tf.Output
	updates []tf.Output
	losses  []tf.Output
	keys    int64 // random keys handed out
}

// NewContext starts a call.
func NewContext(s *tf.Scope, training bool) *Context {
	return &Context{Scope: s, Training: training, shared: &shared{reads: map[*Variable]tf.Output{}}}
}

// In is the context of a layer inside the call: it shares everything but the
// names of operations.
func (c *Context) In(name string) *Context {
	d := *c
	d.Scope = c.Scope.Sub(NodeName(name))
	return &d
}

// Value is a variable's value in the policy's compute type.
func (c *Context) Value(v *Variable) tf.Output {
	o := c.Raw(v)
	if d := c.Policy.ComputeDType(); d != v.DType() && v.DType().IsFloating() {
		o = c.Scope.Begin("Cast").In(o).Type("DstT", d).One()
	}
	return o
}

// Raw is a variable's value in its own type, read once a call.
func (c *Context) Raw(v *Variable) tf.Output {
	o, ok := c.shared.reads[v]
	if !ok {
		o = v.Read(c.Scope)
		c.shared.reads[v] = o
	}
	return o
}

// Update notes an operation that must run with this call, such as the update of
// moving statistics.
func (c *Context) Update(o tf.Output) { c.shared.updates = append(c.shared.updates, o) }

// Updates are the operations noted.
func (c *Context) Updates() []tf.Output { return c.shared.updates }

// AddLoss adds a scalar to what training minimises, such as a regularizer's
// penalty.
func (c *Context) AddLoss(o tf.Output) { c.shared.losses = append(c.shared.losses, o) }

// Losses are the scalars added.
func (c *Context) Losses() []tf.Output { return c.shared.losses }

// Key is a random key, an int64 vector of two for stateless random operations.
// It differs for each call of Key in a model, iteration and replica, and is
// the same when a run is repeated. A layer's own seed, if it has one, takes the
// place of the model's.
func (c *Context) Key(own ...Seed) tf.Output {
	c.shared.keys++
	seed := c.Seed
	for _, s := range own {
		if v, ok := s.Value(); ok {
			seed = v
		}
	}
	first := mix(seed, c.shared.keys, c.Replica)
	if c.Iteration.IsNil() {
		return tf.Const(c.Scope, []int64{first, 0})
	}
	return c.Scope.Begin("Pack").InList([]tf.Output{tf.ConstScalar(c.Scope, first), c.Iteration}).One()
}

// Key0 is a random key that does not depend on the iteration, for the n-th
// weight's first value.
func Key0(s *tf.Scope, seed, n int64) tf.Output {
	return tf.Const(s, []int64{mix(seed, n, -1), n})
}

// mix hashes three numbers into one (splitmix64's finalizer).
func mix(a, b, c int64) int64 {
	x := uint64(a)
	for _, y := range [...]int64{b, c} {
		x = (x ^ uint64(y)) + 0x9e3779b97f4a7c15
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
		x = (x ^ x>>27) * 0x94d049bb133111eb
		x ^= x >> 31
	}
	return int64(x)
}

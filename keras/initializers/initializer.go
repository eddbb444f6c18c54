package initializers

import (
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

// Initializer is how a weight gets its first value. The zero Initializer is the
// layer's default.
// https://keras.io/api/layers/initializers/
type Initializer struct{ rule core.Initializer }

// The initializers. n is the number of inputs of a unit (Lecun, He) or the
// mean of the numbers of inputs and outputs (Glorot); of a convolution's kernel
// they count each position. Normal values are truncated at two standard
// deviations.
var (
	Zeros = Initializer{constant{"Zeros", 0}}
	Ones  = Initializer{constant{"Ones", 1}}

	GlorotUniform = Initializer{scaling{class: "GlorotUniform", scale: 1, average: true}}              // within sqrt(3/n) of 0
	GlorotNormal  = Initializer{scaling{class: "GlorotNormal", scale: 1, average: true, normal: true}} // of variance 1/n
	LecunUniform  = Initializer{scaling{class: "LecunUniform", scale: 1}}                              // within sqrt(3/n) of 0
	LecunNormal   = Initializer{scaling{class: "LecunNormal", scale: 1, normal: true}}                 // of variance 1/n
	HeUniform     = Initializer{scaling{class: "HeUniform", scale: 2}}                                 // within sqrt(6/n) of 0
	HeNormal      = Initializer{scaling{class: "HeNormal", scale: 2, normal: true}}                    // of variance 2/n
)

var all = []Initializer{Zeros, Ones, GlorotUniform, GlorotNormal, LecunUniform, LecunNormal, HeUniform, HeNormal}

// Of makes an Initializer of a rule. JSON can hold it only if the rule
// marshals itself.
func Of(rule core.Initializer) Initializer { return Initializer{rule} }

// Seeded is i with a random key of its own: its values depend on the seed and
// the shape only, no longer on the model's seed and the weight. Those that are
// not random stay as they are.
func (i Initializer) Seeded(seed core.Seed) Initializer {
	if r, ok := i.rule.(scaling); ok {
		r.seed = seed
		i.rule = r
	}
	return i
}

// IsZero reports whether i is the zero Initializer.
func (i Initializer) IsZero() bool { return i.rule == nil }

// Or is i, or def if i is zero.
func (i Initializer) Or(def Initializer) Initializer {
	if i.IsZero() {
		return def
	}
	return i
}

// Value satisfies [core.Initializer].
func (i Initializer) Value(s *tf.Scope, shape tf.Shape, d tf.DType, key tf.Output) tf.Output {
	if i.IsZero() {
		i = Zeros
	}
	if !shape.Known() {
		s.SetErr(core.Errorf(tf.InvalidArgument, "initializer %s: the weight's shape must be known, got %v", i.class(), shape))
		return tf.Output{}
	}
	return i.rule.Value(s, shape, d, key)
}

// class is Keras's name of i, or "" for a rule of another package.
func (i Initializer) class() string {
	if r, ok := i.rule.(interface{ name() string }); ok {
		return r.name()
	}
	return ""
}

package activations

import (
	"encoding/json"
	"reflect"

	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

// Activation is the name of a function of a tensor. Empty is Linear.
// https://keras.io/api/layers/activations/
type Activation string

// The activations.
const (
	Linear      Activation = "linear"       // x
	Relu        Activation = "relu"         // max(x, 0)
	Relu6       Activation = "relu6"        // min(max(x, 0), 6)
	LeakyRelu   Activation = "leaky_relu"   // x, or 0.2x where x is negative
	Elu         Activation = "elu"          // x, or exp(x) - 1 where x is negative
	Selu        Activation = "selu"         // 1.0507 * (x, or 1.6733 * (exp(x) - 1) where x is negative)
	Gelu        Activation = "gelu"         // x * P(X <= x) of a standard normal X, exactly
	Silu        Activation = "silu"         // x * sigmoid(x); "swish" is read as this
	Sigmoid     Activation = "sigmoid"      // 1 / (1 + exp(-x))
	HardSigmoid Activation = "hard_sigmoid" // relu6(x + 3) / 6
	Tanh        Activation = "tanh"
	Softplus    Activation = "softplus"    // log(exp(x) + 1)
	Softsign    Activation = "softsign"    // x / (|x| + 1)
	Exponential Activation = "exponential" // exp(x)
	Softmax     Activation = "softmax"     // exp(x) / sum(exp(x)) over the last axis
	LogSoftmax  Activation = "log_softmax" // log(softmax(x)), without overflow
)

// Names are those of all activations, as [Activation] and as JSON may hold them.
func Names() []string {
	return []string{"elu", "exponential", "gelu", "hard_sigmoid", "leaky_relu", "linear", "log_softmax", "relu", "relu6",
		"selu", "sigmoid", "silu", "softmax", "softplus", "softsign", "swish", "tanh"}
}

// Check is an InvalidArgument error if a is not known.
func (a Activation) Check() error {
	if _, ok := functions[a.name()]; !ok {
		return core.Errorf(tf.InvalidArgument, "unknown activation %q%s", string(a), suggest.DidYouMean(string(a), Names()))
	}
	return nil
}

// Apply is the activation of x, of x's shape and dtype.
func (a Activation) Apply(s *tf.Scope, x tf.Output) tf.Output {
	f, ok := functions[a.name()]
	if !ok {
		s.SetErr(a.Check())
		return tf.Output{}
	}
	return f(s, x)
}

// name is the name that Keras writes.
func (a Activation) name() Activation {
	switch a {
	case "":
		return Linear
	case "swish":
		return Silu
	}
	return a
}

// MarshalJSON writes the name that Keras writes.
func (a Activation) MarshalJSON() ([]byte, error) { return json.Marshal(string(a.name())) }

// UnmarshalJSON reads a name; null is Linear.
func (a *Activation) UnmarshalJSON(b []byte) error {
	var name *string
	if err := json.Unmarshal(b, &name); err != nil {
		return &json.UnmarshalTypeError{Value: string(b), Type: reflect.TypeFor[string]()}
	}
	if *a = Linear; name != nil {
		*a = Activation(*name).name()
	}
	return a.Check()
}

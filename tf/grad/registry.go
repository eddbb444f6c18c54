package grad

import (
	"slices"
	"sync"

	"github.com/gotf/gotf/tf"
)

// Func adds the gradient of operation o to s. dy holds a gradient for each of
// o's outputs, the zero Output where there is none (at least one is there). It
// returns one for each input, of the input's dtype and shape, the zero Output
// for inputs that have none; missing ones at the end count as zero. One of
// another shape or type fails the scope. It reports failure with s.SetErr.
type Func = tf.GradientFunc

// rule is a Func that may leave out what is not needed.
type rule func(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output

var registry struct {
	sync.RWMutex
	rules map[string]rule
}

func init() { registry.rules = rules() }

// Register sets the gradient of an operation type. An operation that has one
// is an AlreadyExists error.
func Register(opType string, f Func) error {
	if opType == "" || f == nil {
		return tf.Errorf("register gradient", tf.InvalidArgument, "want an operation type and a function, got %q and %t", opType, f != nil)
	}
	registry.Lock()
	defer registry.Unlock()
	if _, ok := registry.rules[opType]; ok {
		return tf.Errorf("register gradient", tf.AlreadyExists, "operation %q has a gradient already", opType)
	}
	registry.rules[opType] = given(f)
	return nil
}

// lookup finds the rule of an operation type; it is nil for one that stops the
// gradient.
func lookup(opType string) (rule, bool) {
	registry.RLock()
	defer registry.RUnlock()
	r, ok := registry.rules[opType]
	return r, ok
}

// Ops lists the operation types that have a gradient function, those that
// [Register] added too, in the order of their names.
func Ops() []string { return listed(func(r rule) bool { return r != nil }) }

// Flat lists the operation types that end a path without an error: their
// results do not change with their inputs, or only in steps, or they are made
// to stop gradients. Operations whose results are integers, booleans or strings
// do so too and are not listed.
func Flat() []string { return listed(func(r rule) bool { return r == nil }) }

func listed(want func(rule) bool) (types []string) {
	registry.RLock()
	defer registry.RUnlock()
	for t, r := range registry.rules {
		if want(r) {
			types = append(types, t)
		}
	}
	slices.Sort(types)
	return types
}

// first is the rule of an operation whose output 0 depends on its input 0 only.
func first(f func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output) rule {
	return func(s *tf.Scope, o tf.Op, dy []tf.Output, need []bool) []tf.Output {
		if !need[0] || dy[0].IsNil() {
			return nil
		}
		return []tf.Output{f(s, o, dy[0])}
	}
}

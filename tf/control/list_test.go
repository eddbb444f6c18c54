package control_test

import (
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/control"
	"github.com/gotf/gotf/tf/op"
)

func TestList(t *testing.T) {
	everywhere(t, func(t *testing.T, l *lab) {
		s := l.Scope
		empty := control.NewList(s, tf.Float32, tf.Shape{2})
		a, b := tf.Const(s, []float32{1, 2}), tf.Const(s, []float32{3, 4})
		both := empty.Push(s, a).Push(s, b)
		one, last := both.Pop(s)
		swapped := both.Set(s, i32(s, 0), b).Set(s, i32(s, 1), a)
		n := scalarInput(l, int32(2))
		reserved := control.Reserve(s, tf.Float32, tf.Shape{2}, n).Set(s, i32(s, 1), a)
		got := l.run(empty.Len(s), both.Len(s), one.Stack(s), last, both.Stack(s), swapped.Stack(s), both.Get(s, i32(s, 1)),
			reserved.Stack(s), empty.Stack(s))
		wantTensor(t, got[0], tf.Shape{}, int32(0))
		wantTensor(t, got[1], tf.Shape{}, int32(2))
		wantTensor(t, got[2], tf.Shape{1, 2}, float32(1), 2)
		wantTensor(t, got[3], tf.Shape{2}, float32(3), 4)
		wantTensor(t, got[4], tf.Shape{2, 2}, float32(1), 2, 3, 4)
		wantTensor(t, got[5], tf.Shape{2, 2}, float32(3), 4, 1, 2)
		wantTensor(t, got[6], tf.Shape{2}, float32(3), 4)
		wantTensor(t, got[7], tf.Shape{2, 2}, float32(0), 0, 1, 2)
		wantTensor(t, got[8], tf.Shape{0, 2}, []float32{}...)
	})
}

func TestListOf(t *testing.T) {
	for _, known := range []tf.Shape{{3, 2}, {-1, -1}, nil} {
		everywhere(t, func(t *testing.T, l *lab) {
			s := l.Scope
			list := control.ListOf(s, input(l, known, []int64{1, 2, 3, 4, 5, 6}, 3, 2))
			got := l.run(list.Len(s), list.Get(s, i32(s, 1)), list.Push(s, tf.Const(s, []int64{7, 8})).Stack(s))
			wantTensor(t, got[0], tf.Shape{}, int32(3))
			wantTensor(t, got[1], tf.Shape{2}, int64(3), 4)
			wantTensor(t, got[2], tf.Shape{4, 2}, int64(1), 2, 3, 4, 5, 6, 7, 8)
		})
	}
}

// Elements whose shapes differ.
func TestListOpenShape(t *testing.T) {
	everywhere(t, func(t *testing.T, l *lab) {
		s := l.Scope
		list := control.NewList(s, tf.Int32, tf.Shape{-1}).Push(s, tf.Const(s, []int32{1})).Push(s, tf.Const(s, []int32{2, 3}))
		rest, last := list.Pop(s)
		got := l.run(list.Get(s, i32(s, 0)), last, rest.Stack(s), control.NewList(s, tf.Int32, tf.Shape{-1, 4}).Stack(s))
		wantTensor(t, got[0], tf.Shape{1}, int32(1))
		wantTensor(t, got[1], tf.Shape{2}, int32(2), 3)
		wantTensor(t, got[2], tf.Shape{1, 1}, int32(1))
		wantTensor(t, got[3], tf.Shape{0, 0, 4}, []int32{}...)
	})
}

func TestListErrors(t *testing.T) {
	for _, tc := range []struct {
		name, words string
		make        func(s *tf.Scope, l control.List) tf.Output
	}{
		{"type", "the list holds float32, got int32", func(s *tf.Scope, l control.List) tf.Output { return l.Push(s, i32(s, 1)).Handle }},
		{"shape", "the list holds elements of shape (2,), got (3,)", func(s *tf.Scope, l control.List) tf.Output {
			return l.Set(s, i32(s, 0), tf.Const(s, []float32{1, 2, 3})).Handle
		}},
		{"scalar", "a scalar has no elements", func(s *tf.Scope, l control.List) tf.Output { return control.ListOf(s, f32(s, 1)).Handle }},
		{"index", "i must be a scalar of int32, got int32 (0,)", func(s *tf.Scope, l control.List) tf.Output {
			return l.Get(s, tf.Const(s, []int32{}))
		}},
		{"index's type", "i must be a scalar of int32, got float32 ()", func(s *tf.Scope, l control.List) tf.Output {
			return l.Set(s, f32(s, 0), tf.Const(s, []float32{1, 2})).Handle
		}},
		{"length", "n must be a scalar of int32, got int32 (2,)", func(s *tf.Scope, l control.List) tf.Output {
			return control.Reserve(s, tf.Float32, tf.Shape{}, tf.Const(s, []int32{1, 2})).Handle
		}},
		{"large", "too large for a list", func(s *tf.Scope, l control.List) tf.Output {
			return control.NewList(s, tf.Float32, tf.Shape{1 << 40}).Handle
		}},
		{"beyond", "TensorListGetItem", func(s *tf.Scope, l control.List) tf.Output { return l.Get(s, i32(s, 5)) }},
		{"before", "TensorListSetItem", func(s *tf.Scope, l control.List) tf.Output {
			return l.Set(s, i32(s, -1), tf.Const(s, []float32{1, 2})).Len(s)
		}},
		{"empty", "TensorListPopBack", func(s *tf.Scope, l control.List) tf.Output {
			_, x := l.Pop(s)
			return x
		}},
		{"negative length", "TensorListReserve", func(s *tf.Scope, l control.List) tf.Output {
			return control.Reserve(s, tf.Float32, tf.Shape{2}, scalarOf(s, -3)).Len(s)
		}},
		{"ragged", "TensorListStack", func(s *tf.Scope, l control.List) tf.Output {
			open := control.NewList(s, tf.Float32, tf.Shape{-1})
			return open.Push(s, tf.Const(s, []float32{1})).Push(s, tf.Const(s, []float32{1, 2})).Stack(s)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bothModes(t, func(t *testing.T, l *lab) {
				out := tc.make(l.Scope, control.NewList(l.Scope, tf.Float32, tf.Shape{2}))
				_, err := l.try(out)
				wantError(t, err, " at list_test.go:", tc.words)
			})
		})
	}
}

// scalarOf is an int32 that a graph does not know beforehand.
func scalarOf(s *tf.Scope, v int32) tf.Output {
	if s.Eager() {
		return i32(s, v)
	}
	return op.PlaceholderWithDefault(s, i32(s, v), tf.Shape{})
}

// An index whose shape the graph does not know must not end the process.
func TestListIndexOfUnknownShape(t *testing.T) {
	l := graphLab(t, nil)
	list := control.NewList(l.Scope, tf.Float32, tf.Shape{}).Push(l.Scope, f32(l.Scope, 1))
	_, err := l.try(list.Get(l.Scope, input(l, nil, []int32{}, 0)))
	wantError(t, err, "EnsureShape", " at list_test.go:")
}

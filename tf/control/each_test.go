package control_test

import (
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/control"
	"github.com/gotf/gotf/tf/op"
)

func TestMap(t *testing.T) {
	for _, known := range []tf.Shape{{3, 2}, {-1, 2}, {-1, -1}, nil} {
		t.Run(known.String(), func(t *testing.T) {
			everywhere(t, func(t *testing.T, l *lab) {
				s := l.Scope
				x := input(l, known, []float32{1, 2, 3, 4, 5, 6}, 3, 2)
				y := input(l, tf.Shape{-1}, []int32{1, 2, 3}, 3)
				out := control.Map(s, []tf.Output{x, y}, func(s *tf.Scope, e []tf.Output) []tf.Output {
					sum := op.Sum(s, e[0], tf.Const(s, []int32{0}), nil)
					return []tf.Output{op.Mul(s, e[0], op.Cast(s, e[1], tf.Float32, nil)), op.Neg(s, e[1]), sum}
				}, &control.MapOptions{ParallelIterations: 2})
				got := l.run(out...)
				wantTensor(t, got[0], tf.Shape{3, 2}, float32(1), 2, 6, 8, 15, 18)
				wantTensor(t, got[1], tf.Shape{3}, int32(-1), -2, -3)
				wantTensor(t, got[2], tf.Shape{3}, float32(3), 7, 11)
			})
		})
	}
}

// Over no elements the results have the types and shapes that f gives.
func TestMapNothing(t *testing.T) {
	for _, known := range []tf.Shape{{0, 2}, {-1, 2}, {-1, -1}} {
		t.Run(known.String(), func(t *testing.T) {
			everywhere(t, func(t *testing.T, l *lab) {
				s := l.Scope
				x, k := input(l, known, []float32{}, 0, 2), scalarInput(l, int32(1))
				out := control.Map(s, []tf.Output{x}, func(s *tf.Scope, e []tf.Output) []tf.Output {
					return []tf.Output{op.Cast(s, e[0], tf.Int64, nil), op.AddV2(s, k, op.Size(s, e[0], nil))}
				}, nil)
				got := l.run(out...)
				width := int64(2)
				if !l.Eager() && known[1] < 0 {
					width = 0
				}
				wantTensor(t, got[0], tf.Shape{0, width}, []int64{}...)
				wantTensor(t, got[1], tf.Shape{0}, []int32{}...)
			})
		})
	}
}

func TestMapStrings(t *testing.T) {
	everywhere(t, func(t *testing.T, l *lab) {
		x := input(l, tf.Shape{-1}, []string{"a", "bc"}, 2)
		out := control.Map(l.Scope, []tf.Output{x}, func(s *tf.Scope, e []tf.Output) []tf.Output {
			return []tf.Output{op.StringJoin(s, []tf.Output{e[0], e[0]}, nil)}
		}, nil)
		want(l, out[0], tf.Shape{2}, "aa", "bcbc")
	})
}

func TestMapShapes(t *testing.T) {
	l := graphLab(t, nil)
	s := l.Scope
	x := tf.Placeholder(s, tf.Float32, tf.Shape{-1, 4})
	n := tf.Placeholder(s, tf.Float32, tf.Shape{3})
	same := func(s *tf.Scope, e []tf.Output) []tf.Output { return e }
	for i, want := range []tf.Shape{{3, 4}, {3}} {
		if got := control.Map(s, []tf.Output{x, n}, same, nil)[i].Shape(); !got.Equal(want) {
			t.Errorf("result %d has shape %v, want %v", i, got, want)
		}
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
}

// affine is state*2 + element.
func affine(s *tf.Scope, state, e []tf.Output) []tf.Output {
	return []tf.Output{op.AddV2(s, op.Mul(s, state[0], f32(s, 2)), e[0])}
}

func TestScan(t *testing.T) {
	for _, tc := range []struct {
		reverse bool
		scan    []float32
	}{
		{false, []float32{1, 4, 11, 26}},
		{true, []float32{49, 24, 11, 4}},
	} {
		everywhere(t, func(t *testing.T, l *lab) {
			s := l.Scope
			x := input(l, tf.Shape{-1}, []float32{1, 2, 3, 4}, 4)
			o := &control.ScanOptions{Reverse: tc.reverse}
			scan := control.Scan(s, []tf.Output{x}, []tf.Output{f32(s, 0)}, affine, o)
			fold := control.Fold(s, []tf.Output{x}, []tf.Output{f32(s, 0)}, affine, o)
			got := l.run(scan[0], fold[0])
			wantTensor(t, got[0], tf.Shape{4}, tc.scan...)
			last := tc.scan[3]
			if tc.reverse {
				last = tc.scan[0]
			}
			wantTensor(t, got[1], tf.Shape{}, last)
		})
	}
}

func TestScanSeveral(t *testing.T) {
	everywhere(t, func(t *testing.T, l *lab) {
		s := l.Scope
		x, y := input(l, tf.Shape{3, 2}, []float32{1, 2, 3, 4, 5, 6}, 3, 2), input(l, tf.Shape{3}, []int32{1, 10, 100}, 3)
		init := []tf.Output{tf.Const(s, []float32{0, 0}), i32(s, 5)}
		f := func(s *tf.Scope, state, e []tf.Output) []tf.Output {
			return []tf.Output{op.AddV2(s, state[0], e[0]), op.Sub(s, state[1], e[1])}
		}
		scan := control.Scan(s, []tf.Output{x, y}, init, f, nil)
		fold := control.Fold(s, []tf.Output{x, y}, init, f, &control.ScanOptions{ParallelIterations: 1})
		got := l.run(append(scan, fold...)...)
		wantTensor(t, got[0], tf.Shape{3, 2}, float32(1), 2, 4, 6, 9, 12)
		wantTensor(t, got[1], tf.Shape{3}, int32(4), -6, -106)
		wantTensor(t, got[2], tf.Shape{2}, float32(9), 12)
		wantTensor(t, got[3], tf.Shape{}, int32(-106))
	})
}

func TestScanNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, l *lab) {
		s := l.Scope
		x := input(l, tf.Shape{-1}, []float32{}, 0)
		init := []tf.Output{f32(s, 7)}
		got := l.run(control.Scan(s, []tf.Output{x}, init, affine, nil)[0], control.Fold(s, []tf.Output{x}, init, affine, nil)[0])
		wantTensor(t, got[0], tf.Shape{0}, []float32{}...)
		wantTensor(t, got[1], tf.Shape{}, float32(7))
	})
}

// f reads and writes a variable, in the order of the elements.
func TestFoldVariables(t *testing.T) {
	everywhere(t, func(t *testing.T, l *lab) {
		s := l.Scope
		v := l.variable(1)
		x := input(l, tf.Shape{-1}, []float32{1, 2, 3}, 3)
		out := control.Fold(s, []tf.Output{x}, []tf.Output{f32(s, 0)}, func(s *tf.Scope, state, e []tf.Output) []tf.Output {
			read := v.Read(s)
			v.Assign(s.After(read), op.AddV2(s, op.Mul(s, read, f32(s, 10)), e[0]))
			return []tf.Output{op.AddV2(s, state[0], read)}
		}, nil)
		got := l.run(out[0], v.Read(s.After(out[0])))
		wantTensor(t, got[0], tf.Shape{}, float32(1+11+112))
		wantTensor(t, got[1], tf.Shape{}, float32(1123))
	})
}

func TestEachErrors(t *testing.T) {
	same := func(s *tf.Scope, e []tf.Output) []tf.Output { return e }
	keep := func(s *tf.Scope, state, _ []tf.Output) []tf.Output { return state }
	vec := func(s *tf.Scope, n int) tf.Output { return tf.Const(s, make([]float32, n)) }
	for _, tc := range []struct {
		name, words string
		graphOnly   bool
		make        func(s *tf.Scope) []tf.Output
	}{
		{"no f", "f is nil", false, func(s *tf.Scope) []tf.Output {
			return control.Scan(s, []tf.Output{vec(s, 1)}, []tf.Output{f32(s, 1)}, nil, nil)
		}},
		{"none", "there are no elems", false, func(s *tf.Scope) []tf.Output { return append(control.Map(s, nil, same, nil), tf.Output{}) }},
		{"missing", "elems 1 is missing", false, func(s *tf.Scope) []tf.Output { return control.Map(s, []tf.Output{vec(s, 1), {}}, same, nil) }},
		{"scalar", "elems 0 is a scalar", false, func(s *tf.Scope) []tf.Output { return control.Map(s, []tf.Output{f32(s, 1)}, same, nil) }},
		{"lengths", "elems 1 has 3 elements, want 2 as elems 0 has", false, func(s *tf.Scope) []tf.Output {
			return control.Map(s, []tf.Output{vec(s, 2), vec(s, 3)}, same, nil)
		}},
		{"no value", "f returned no value for result 0", false, func(s *tf.Scope) []tf.Output {
			return control.Map(s, []tf.Output{vec(s, 2)}, func(*tf.Scope, []tf.Output) []tf.Output { return []tf.Output{{}} }, nil)
		}},
		{"parallel", "may not be negative, got -1", false, func(s *tf.Scope) []tf.Output {
			return control.Map(s, []tf.Output{vec(s, 2)}, same, &control.MapOptions{ParallelIterations: -1})
		}},
		{"state", "state 0 has no value to begin with", false, func(s *tf.Scope) []tf.Output {
			return control.Scan(s, []tf.Output{vec(s, 2)}, []tf.Output{{}}, keep, nil)
		}},
		{"count", "f returned 2 values, want 1", false, func(s *tf.Scope) []tf.Output {
			return control.Fold(s, []tf.Output{vec(s, 2)}, []tf.Output{f32(s, 1)}, func(s *tf.Scope, state, e []tf.Output) []tf.Output {
				return append(state, e...)
			}, nil)
		}},
		{"type", "f changed state 0 from float32 to int32", false, func(s *tf.Scope) []tf.Output {
			return control.Scan(s, []tf.Output{vec(s, 2)}, []tf.Output{f32(s, 1)}, func(s *tf.Scope, _, _ []tf.Output) []tf.Output {
				return []tf.Output{i32(s, 1)}
			}, nil)
		}},
		{"shape", "the shape of state 0 changed from (2,) to (1,)", true, func(s *tf.Scope) []tf.Output {
			return control.Fold(s, []tf.Output{vec(s, 2)}, []tf.Output{vec(s, 2)}, func(s *tf.Scope, _, _ []tf.Output) []tf.Output {
				return []tf.Output{vec(s, 1)}
			}, nil)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			bothModes(t, func(t *testing.T, l *lab) {
				if l.Eager() && tc.graphOnly {
					t.Skip("an eager loop may change shapes")
				}
				out := tc.make(l.Scope)
				if len(out) == 0 || !out[0].IsNil() {
					t.Errorf("results %v", out)
				}
				wantError(t, l.Err(), " at each_test.go:", tc.words)
			})
		})
	}
}

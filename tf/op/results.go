package op

import "github.com/gotf/gotf/tf"

// Ptr is a pointer to v, for attributes whose default is not zero.
func Ptr[T any](v T) *T { return &v }

// one is the size of a result that is not a list.
const one = -1

// longest bounds the lists of zero values that a failed operation gives.
const longest = 1 << 20

// results ends an operation that has n results. If it fails they are zero
// values.
//
//go:noinline
func results(s *tf.Scope, b *tf.OpBuilder, n int) []tf.Output {
	r := b.Outs()
	if s.Err() == nil && len(r) != n {
		name := "operation"
		if len(r) > 0 {
			name = r[0].Op().Type()
		}
		s.SetErr(tf.Errorf(name, tf.Internal, "%d results, want %d", len(r), n))
	}
	if s.Err() != nil {
		return make([]tf.Output, min(max(n, 0), longest))
	}
	return r
}

// lists ends an operation some of whose results are lists, of the given sizes.
//
//go:noinline
func lists(s *tf.Scope, b *tf.OpBuilder, sizes ...int) [][]tf.Output {
	n := 0
	for i, size := range sizes {
		if size == one {
			size = 1
		}
		sizes[i] = min(max(size, 0), longest/len(sizes))
		n += sizes[i]
	}
	r := results(s, b, n)
	out := make([][]tf.Output, len(sizes))
	for i, size := range sizes {
		out[i], r = r[:size:size], r[size:]
	}
	return out
}

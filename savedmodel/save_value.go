package savedmodel

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/bundle"
)

// valuesOf reads variables in the model's session.
func (m *Model) valuesOf(ctx context.Context, all []restored) ([]*tf.Tensor, error) {
	if len(all) == 0 {
		return nil, nil
	}
	reads := make([]tf.Output, len(all))
	for i, r := range all {
		var err error
		if reads[i], err = m.readOf(r.node); err != nil {
			return nil, err
		}
	}
	return m.session.Run(ctx, nil, reads)
}

// readOf is the value of a variable; a read is added to the graph once.
func (m *Model) readOf(node string) (tf.Output, error) {
	m.readsMu.Lock()
	defer m.readsMu.Unlock()
	if o, ok := m.readsOf[node]; ok {
		return o, nil
	}
	o, err := readVariable(m.session.Graph(), node)
	if err != nil {
		return o, err
	}
	if m.readsOf == nil {
		m.readsOf = map[string]tf.Output{}
	}
	m.readsOf[node] = o
	return o, nil
}

// readVariable adds the read of a variable to a graph.
func readVariable(g *tf.Graph, node string) (tf.Output, error) {
	o, err := g.Output(node + ":0")
	if err != nil || o.Op().Type() != "VarHandleOp" {
		return o, err // a variable of TensorFlow 1 is its value
	}
	s := g.Scope().Sub("read")
	o = s.Begin("ReadVariableOp\x00").In(o).Type("dtype", o.Op().AttrType("dtype")).One()
	return o, s.Err()
}

// put replaces the part of a stored value that is the variable's, and reports
// whether that changed it.
func (r restored) put(v *bundle.Value, now *tf.Tensor) (bool, error) {
	if d := now.DType(); d%100 != v.DType {
		return false, errorf("read variable "+r.node, tf.FailedPrecondition, "it is of type %v, its stored value %q of type %v", d, r.key, v.DType)
	}
	whole, start, extent, err := parseSlice(r.slice)
	if err != nil {
		return false, err
	}
	if r.slice != "" && (!v.Shape.Equal(whole) || !now.Shape().Equal(extent)) {
		return false, errorf("read variable "+r.node, tf.DataLoss, "it has shape %v, and is slice %q of a value of shape %v", now.Shape(), r.slice, v.Shape)
	}
	if v.DType == tf.String {
		strs, err := tf.Values[string](now)
		if err != nil {
			return false, err
		}
		if r.slice != "" {
			return putSlice(v.Strings, strs, v.Shape, start, extent, 1, func(a, b []string) bool { return slices.Equal(a, b) }), nil
		}
		differs := !slices.Equal(v.Strings, strs) || !v.Shape.Equal(now.Shape())
		v.Strings, v.Shape = strs, now.Shape()
		return differs, nil
	}
	raw, err := now.Bytes()
	if err != nil {
		return false, err
	}
	if r.slice != "" {
		return putSlice(v.Bytes, raw, v.Shape, start, extent, v.DType.Size(), bytes.Equal), nil
	}
	differs := !bytes.Equal(v.Bytes, raw) || !v.Shape.Equal(now.Shape())
	v.Bytes, v.Shape = raw, now.Shape()
	return differs, nil
}

// putSlice writes a box of elements, each of width values, into a whole, a row
// at a time. It reports whether that changed something.
func putSlice[T any](whole, box []T, shape, start, extent tf.Shape, width int, equal func(a, b []T) bool) (changed bool) {
	if len(shape) == 0 || len(box) == 0 {
		return false
	}
	last := len(shape) - 1
	row := int(extent[last]) * width
	at := make([]int64, len(shape))
	for ; len(box) > 0; box = box[row:] {
		offset := int64(0)
		for d := range shape {
			offset = offset*shape[d] + start[d] + at[d]
		}
		to := whole[int(offset)*width:][:row]
		if !equal(to, box[:row]) {
			changed = true
			copy(to, box[:row])
		}
		for d := last - 1; d >= 0; d-- {
			if at[d]++; at[d] < extent[d] {
				break
			}
			at[d] = 0
		}
	}
	return changed
}

// parseSlice reads what RestoreV2 takes for a part of a value: the dimensions of
// the whole, and for each "start,length" or "-" for all, as in "4 2 0,2:-".
// https://www.tensorflow.org/api_docs/python/tf/raw_ops/SaveV2
func parseSlice(s string) (whole, start, extent tf.Shape, err error) {
	if s == "" {
		return nil, nil, nil, nil
	}
	wrong := errorf("read the saver", tf.DataLoss, "%q is no slice of a value", s)
	words := strings.Fields(s)
	if len(words) < 2 {
		return nil, nil, nil, wrong
	}
	boxes := strings.Split(words[len(words)-1], ":")
	if len(boxes) != len(words)-1 {
		return nil, nil, nil, wrong
	}
	for i, box := range boxes {
		n, err := strconv.ParseInt(words[i], 10, 64)
		if err != nil || n < 0 {
			return nil, nil, nil, wrong
		}
		from, length := int64(0), n
		if a, b, ok := strings.Cut(box, ","); ok {
			var err2 error
			from, err = strconv.ParseInt(a, 10, 64)
			length, err2 = strconv.ParseInt(b, 10, 64)
			if err != nil || err2 != nil || from < 0 || length < 0 || length > n || from > n-length {
				return nil, nil, nil, wrong
			}
		} else if box != "-" {
			return nil, nil, nil, wrong
		}
		whole, start, extent = append(whole, n), append(start, from), append(extent, length)
	}
	return whole, start, extent, nil
}

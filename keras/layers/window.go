package layers

import (
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/tf"
)

// window is what the pooling layers have in common, with defaults filled in.
type window struct {
	layer   core.AnyLayer
	size    Size
	strides Size
	padding Padding
	format  DataFormat
}

func newWindow(l core.AnyLayer, size, strides Size, p Padding, f DataFormat) *window {
	size = size.or(Square(2))
	return &window{l, size, strides.or(size), p.or(), f.or()}
}

func (w *window) check(in tf.Shape) error {
	for _, err := range []error{
		w.size.check(w.layer, "pool_size"), w.strides.check(w.layer, "strides"), w.padding.check(w.layer),
		w.format.check(w.layer), checkRank(w.layer, in, 4, w.format.axes()),
	} {
		if err != nil {
			return err
		}
	}
	if out := w.format.last(w.shape(in)); out != nil && (out[1] == 0 || out[2] == 0) {
		return invalid(w.layer, "pool_size %v does not fit into the input, got shape %v", w.size, in)
	}
	return nil
}

func (w *window) shape(in tf.Shape) tf.Shape {
	if len(in) != 4 {
		return nil
	}
	in = w.format.last(in)
	out := tf.Shape{in[0], 0, 0, in[3]}
	for i := range w.size {
		out[i+1] = w.padding.size(in[i+1], int64(w.size[i]), int64(w.strides[i]))
	}
	return w.format.back(out)
}

func (w *window) call(c *core.Context, x tf.Output, pool func(x tf.Output, size, strides []int64, padding string) tf.Output) tf.Output {
	if !accepts(c, w.layer, x, 4, w.format.axes()) {
		return tf.Output{}
	}
	return w.format.channelsLast(c.Scope, x, func(x tf.Output) tf.Output {
		return pool(x, w.size.spatial(), w.strides.spatial(), w.padding.op())
	})
}

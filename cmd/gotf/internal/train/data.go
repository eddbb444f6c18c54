package train

import (
	"encoding/binary"
	"math"

	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/datasets"
	"github.com/gotf/gotf/keras/layers"
	"github.com/gotf/gotf/tf"
)

// pictures are a data set in the shape that a model takes.
type pictures struct {
	set         *datasets.Dataset
	train, test keras.Arrays
}

// loadPictures reads the data and fits it to the model; a model without an input
// layer gets one for the data.
func loadPictures(name string, q *keras.Sequential) (*pictures, error) {
	set, err := datasets.Load(name, classes(*q))
	if err != nil {
		return nil, err
	}
	rows, cols := int64(set.Train.Rows), int64(set.Train.Cols)
	shape := tf.Shape{rows, cols, 1}
	if in := q.Input(); in != nil {
		if shape = fitShape(in.Shape, rows, cols); shape == nil {
			return nil, core.Errorf(tf.InvalidArgument, "the model takes samples of shape %v, the data %s has grey pictures of %dx%d", in.Shape, name, rows, cols)
		}
	} else {
		q.Layers = append([]core.Layer{&layers.Input{Shape: shape}}, q.Layers...)
	}
	p := &pictures{set: set}
	if p.train, err = arrays(set.Train, shape); err == nil {
		p.test, err = arrays(set.Test, shape)
	}
	if err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

// fitShape is the shape of pictures that want accepts, which may have an axis
// for the one channel or be flat, or nil.
func fitShape(want tf.Shape, rows, cols int64) tf.Shape {
	for _, has := range []tf.Shape{{rows, cols, 1}, {rows, cols}, {rows * cols}} {
		if want.Accepts(has) {
			return has
		}
	}
	return nil
}

// arrays are the pictures of a split, scaled to 0..1 where they are used.
func arrays(s datasets.Split, shape tf.Shape) (a keras.Arrays, err error) {
	a.Scale = 1. / 255
	if a.X, err = tf.NewTensor(s.Images, append(tf.Shape{int64(s.N)}, shape...)...); err == nil {
		a.Y, err = tf.NewTensor(s.Labels)
	}
	return a, err
}

// sampleSize is how many test pictures a run keeps to try its model on.
const sampleSize = 10

// sample is the first test pictures as the model takes them once it is
// exported: scaled. It is nil for a model that takes other numbers than float32.
func (p *pictures) sample(m *keras.Model) *npy.Array {
	in := m.Config().Input()
	if in.DType != 0 && in.DType != tf.Float32 {
		return nil
	}
	shape := p.test.X.Shape()
	n := min(int64(sampleSize), shape[0])
	if fixed := m.InputShape()[0]; fixed > 0 {
		n = fixed
	}
	if n > shape[0] {
		return nil
	}
	shape[0] = n
	a := &npy.Array{DType: "float32", Shape: shape}
	for _, pixel := range p.set.Test.Images[:shape.NumElements()] {
		a.Raw = binary.LittleEndian.AppendUint32(a.Raw, math.Float32bits(float32(pixel)/255))
	}
	return a
}

func (p *pictures) close() {
	for _, t := range []*tf.Tensor{p.train.X, p.train.Y, p.test.X, p.test.Y} {
		t.Close()
	}
}

package npexpr

import (
	"errors"
	"fmt"

	"github.com/gotf/gotf/tf"
)

// call runs a function of NumPy.
func call(name string, args *arguments) (Value, error) {
	f := functions[name]
	got, err := args.take(f.parameters)
	if err != nil {
		return nil, err
	}
	return f.call(got)
}

// method runs a method of an array.
func method(a *Array, name string, args *arguments) (Value, error) {
	switch name {
	case "astype":
		got, err := args.take("dtype")
		if err != nil {
			return nil, err
		}
		d, err := dtypeOf(got["dtype"])
		if err != nil {
			return nil, err
		}
		if d == 0 {
			d = tf.Float64
		}
		return a.Cast(d)
	case "reshape":
		return reshape(a, args)
	}
	return nil, fmt.Errorf("no method %q of arrays (there are astype and reshape)", name)
}

func reshape(a *Array, args *arguments) (Value, error) {
	if len(args.named) > 0 {
		return nil, errors.New("reshape takes the dimensions only")
	}
	items := args.positional
	if len(items) == 1 {
		if l, ok := items[0].(*List); ok {
			items = l.Items
		}
	}
	shape, open, known := make([]int64, len(items)), -1, int64(1)
	for i, item := range items {
		n, ok := item.(int64)
		switch {
		case !ok:
			return nil, fmt.Errorf("a shape is made of int, got %s", typeOf(item))
		case n == -1 && open < 0:
			open = i
			continue
		case n < 0:
			return nil, fmt.Errorf("negative dimension %d", n)
		}
		shape[i] = n
		if n > most {
			n = most + 1
		}
		if known *= n; known > most {
			known = most + 1
		}
	}
	n := int64(a.len())
	if open >= 0 && known > 0 && n%known == 0 {
		shape[open] = n / known
		known = n
	}
	if known != n || open >= 0 && shape[open] == 0 && n > 0 {
		return nil, fmt.Errorf("%d values do not fit the shape", n)
	}
	out := *a
	out.Shape = shape
	return &out, nil
}

// transpose is a.T.
func transpose(a *Array) (*Array, error) {
	rank := len(a.Shape)
	shape := make([]int64, rank)
	stride, step := make([]int64, rank), int64(1)
	for k := rank - 1; k >= 0; k-- {
		shape[rank-1-k], stride[rank-1-k] = a.Shape[k], step
		step *= a.Shape[k]
	}
	out, err := newArray(a.DType, shape)
	if err != nil {
		return nil, err
	}
	w := &walk{shape: shape, index: make([]int64, rank), stride: stride}
	for i := range out.len() {
		out.copyFrom(i, a.at(w.at))
		w.next()
	}
	return out, nil
}

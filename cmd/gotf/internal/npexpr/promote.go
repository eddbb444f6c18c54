package npexpr

import (
	"fmt"

	"github.com/gotf/gotf/tf"
)

// promote is the type of an operation on values of types a and b; 0 gives way.
func promote(a, b tf.DType) (tf.DType, error) {
	if a == 0 || a == b {
		return b, nil
	}
	ka, kb := kindOf(a), kindOf(b)
	if ka > kb {
		return promote(b, a)
	}
	if kb == stringKind {
		return 0, fmt.Errorf("numbers and text do not mix")
	}
	if ka == boolKind {
		return b, nil
	}
	bits := max(a.Size(), b.Size())
	switch {
	case kb == intKind:
		return promoteInts(a, b), nil
	case ka == intKind && kb == floatKind:
		return widest(floatFor(a), b), nil
	case kb == floatKind:
		if a.Size() == b.Size() { // float16 and bfloat16
			return tf.Float32, nil
		}
		return widest(a, b), nil
	case ka == complexKind || ka == floatKind && bits == 8 && b == tf.Complex64 && a == tf.Float64:
		return tf.Complex128, nil
	case ka == intKind && floatFor(a) == tf.Float64:
		return tf.Complex128, nil
	}
	return b, nil
}

func widest(a, b tf.DType) tf.DType {
	if a.Size() > b.Size() {
		return a
	}
	return b
}

// floatFor is the least floating type that holds the integers of d.
func floatFor(d tf.DType) tf.DType {
	switch d.Size() {
	case 1:
		return tf.Float16
	case 2:
		return tf.Float32
	}
	return tf.Float64
}

func promoteInts(a, b tf.DType) tf.DType {
	if unsigned(a) == unsigned(b) {
		return widest(a, b)
	}
	if unsigned(b) {
		a, b = b, a
	}
	if b.Size() > a.Size() { // b is signed and holds all of a
		return b
	}
	switch a.Size() {
	case 1:
		return tf.Int16
	case 2:
		return tf.Int32
	case 4:
		return tf.Int64
	}
	return tf.Float64
}

// withScalar is the type of an operation on an array of type d and a number of
// Python, which has no size of its own.
func withScalar(d tf.DType, v Value) tf.DType {
	k := kindOf(d)
	switch v.(type) {
	case int64:
		if k == boolKind {
			return tf.Int64
		}
	case float64:
		if k <= intKind {
			return tf.Float64
		}
	case complex128:
		switch {
		case k == floatKind && d != tf.Float64:
			return tf.Complex64
		case k < complexKind:
			return tf.Complex128
		}
	}
	return d
}

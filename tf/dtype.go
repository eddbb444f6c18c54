package tf

import "fmt"

// DType is the type of one element. The values are those of TF_DataType.
type DType int32

// Every element type of TensorFlow.
const (
	Float32      DType = 1
	Float64      DType = 2
	Int32        DType = 3
	Uint8        DType = 4
	Int16        DType = 5
	Int8         DType = 6
	String       DType = 7
	Complex64    DType = 8
	Int64        DType = 9
	Bool         DType = 10
	QInt8        DType = 11
	QUint8       DType = 12
	QInt32       DType = 13
	BFloat16     DType = 14
	QInt16       DType = 15
	QUint16      DType = 16
	Uint16       DType = 17
	Complex128   DType = 18
	Float16      DType = 19
	Resource     DType = 20
	Variant      DType = 21
	Uint32       DType = 22
	Uint64       DType = 23
	Float8E5M2   DType = 24
	Float8E4M3FN DType = 25
	Int4         DType = 29
	Uint4        DType = 30

	// Since TensorFlow 2.21; an older library refuses them, Unimplemented.
	Float8E4M3FNUZ    DType = 26
	Float8E4M3B11FNUZ DType = 27
	Float8E5M2FNUZ    DType = 28
	Int2              DType = 31
	Uint2             DType = 32
	Float4E2M1FN      DType = 33
)

// refOffset is what TensorFlow adds to a type to say "reference to".
const refOffset = 100

// dtypes holds Python's name of each type and the bytes of one element; 0
// where an element has no fixed size.
var dtypes = map[DType]struct {
	name string
	size int
}{
	Float32: {"float32", 4}, Float64: {"float64", 8}, Float16: {"float16", 2}, BFloat16: {"bfloat16", 2},
	Int8: {"int8", 1}, Int16: {"int16", 2}, Int32: {"int32", 4}, Int64: {"int64", 8},
	Uint8: {"uint8", 1}, Uint16: {"uint16", 2}, Uint32: {"uint32", 4}, Uint64: {"uint64", 8},
	Complex64: {"complex64", 8}, Complex128: {"complex128", 16}, Bool: {"bool", 1},
	String: {"string", 0}, Resource: {"resource", 0}, Variant: {"variant", 0},
	QInt8: {"qint8", 1}, QUint8: {"quint8", 1}, QInt16: {"qint16", 2}, QUint16: {"quint16", 2}, QInt32: {"qint32", 4},
	Float8E5M2: {"float8_e5m2", 1}, Float8E4M3FN: {"float8_e4m3fn", 1}, Int4: {"int4", 1}, Uint4: {"uint4", 1},
	Float8E4M3FNUZ: {"float8_e4m3fnuz", 1}, Float8E4M3B11FNUZ: {"float8_e4m3b11fnuz", 1}, Float8E5M2FNUZ: {"float8_e5m2fnuz", 1},
	Int2: {"int2", 1}, Uint2: {"uint2", 1}, Float4E2M1FN: {"float4_e2m1fn", 1},
}

// String is the name Python uses, such as "float32".
func (d DType) String() string {
	if t, ok := dtypes[d-refOffset]; ok {
		return t.name + "_ref"
	}
	if t, ok := dtypes[d]; ok {
		return t.name
	}
	return fmt.Sprintf("dtype(%d)", int32(d))
}

// Size is the number of bytes of one element in memory, or 0 for String,
// Resource and Variant.
func (d DType) Size() int { return dtypes[d].size }

// IsFloating reports whether d is a real floating-point type.
func (d DType) IsFloating() bool {
	switch d {
	case Float16, Float32, Float64, BFloat16, Float8E5M2, Float8E4M3FN,
		Float8E4M3FNUZ, Float8E4M3B11FNUZ, Float8E5M2FNUZ, Float4E2M1FN:
		return true
	}
	return false
}

// IsComplex reports whether d is Complex64 or Complex128.
func (d DType) IsComplex() bool { return d == Complex64 || d == Complex128 }

// IsInteger reports whether d is a plain (not quantized) integer type.
func (d DType) IsInteger() bool {
	switch d {
	case Int8, Int16, Int32, Int64, Uint8, Uint16, Uint32, Uint64, Int4, Uint4, Int2, Uint2:
		return true
	}
	return false
}

// ParseDType finds a type by Python's name, such as "float32".
func ParseDType(name string) (DType, error) {
	for d, t := range dtypes {
		if t.name == name {
			return d, nil
		}
	}
	return 0, Errorf("parse dtype", InvalidArgument, "unknown dtype %q", name)
}

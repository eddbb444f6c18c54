package tf

import "math"

// Go types for elements that Go has no type of its own for. Their memory layout
// is TensorFlow's.
type (
	F16      uint16 // IEEE 754 half precision, Float16
	BF16     uint16 // the upper half of a float32, BFloat16
	F8E5M2   uint8  // Float8E5M2
	F8E4M3FN uint8  // Float8E4M3FN
	QI8      int8   // QInt8
	QU8      uint8  // QUint8
	QI16     int16  // QInt16
	QU16     uint16 // QUint16
	QI32     int32  // QInt32
	I4       int8   // Int4, one element in each byte
	U4       uint8  // Uint4, one element in each byte

	// Since TensorFlow 2.21.
	F8E4M3FNUZ    uint8 // Float8E4M3FNUZ
	F8E4M3B11FNUZ uint8 // Float8E4M3B11FNUZ
	F8E5M2FNUZ    uint8 // Float8E5M2FNUZ
	I2            int8  // Int2, one element in each byte
	U2            uint8 // Uint2, one element in each byte
	F4E2M1FN      uint8 // Float4E2M1FN, one element in each byte

	fixedSize interface {
		float32 | float64 | int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 |
			bool | complex64 | complex128 | F16 | BF16 | F8E5M2 | F8E4M3FN | QI8 | QU8 | QI16 | QU16 | QI32 | I4 | U4 |
			F8E4M3FNUZ | F8E4M3B11FNUZ | F8E5M2FNUZ | I2 | U2 | F4E2M1FN
	}
)

// Element is a Go type that a tensor can hold.
type Element interface{ fixedSize | string }

// Fixed is an Element of fixed size: every one but string.
type Fixed interface{ fixedSize }

// DTypeOf is the DType of T.
func DTypeOf[T Element]() DType {
	switch any(*new(T)).(type) {
	case float32:
		return Float32
	case float64:
		return Float64
	case int8:
		return Int8
	case int16:
		return Int16
	case int32:
		return Int32
	case int64:
		return Int64
	case uint8:
		return Uint8
	case uint16:
		return Uint16
	case uint32:
		return Uint32
	case uint64:
		return Uint64
	case bool:
		return Bool
	case complex64:
		return Complex64
	case complex128:
		return Complex128
	case string:
		return String
	case F16:
		return Float16
	case BF16:
		return BFloat16
	case F8E5M2:
		return Float8E5M2
	case F8E4M3FN:
		return Float8E4M3FN
	case QI8:
		return QInt8
	case QU8:
		return QUint8
	case QI16:
		return QInt16
	case QU16:
		return QUint16
	case QI32:
		return QInt32
	case I4:
		return Int4
	case U4:
		return Uint4
	case F8E4M3FNUZ:
		return Float8E4M3FNUZ
	case F8E4M3B11FNUZ:
		return Float8E4M3B11FNUZ
	case F8E5M2FNUZ:
		return Float8E5M2FNUZ
	case I2:
		return Int2
	case U2:
		return Uint2
	default:
		return Float4E2M1FN
	}
}

// ToBF16 rounds to the nearest bfloat16, ties to even.
func ToBF16(x float32) BF16 {
	b := math.Float32bits(x)
	if x != x {
		return BF16(b>>16 | 0x40)
	}
	return BF16((b + 0x7fff + b>>16&1) >> 16)
}

// Float32 is the exact value.
func (x BF16) Float32() float32 { return math.Float32frombits(uint32(x) << 16) }

// ToF16 rounds to the nearest half-precision value, ties to even.
func ToF16(x float32) F16 {
	b := math.Float32bits(x)
	sign, abs := F16(b>>16&0x8000), b&0x7fffffff
	switch {
	case abs > 0x7f800000: // NaN
		return sign | 0x7e00
	case abs >= 0x47800000: // infinite, or too large
		return sign | 0x7c00
	case abs < 0x38800000: // subnormal or zero: let the addition round
		half := math.Float32frombits(abs) + 0.5
		return sign | F16(math.Float32bits(half)-math.Float32bits(0.5))
	}
	abs += 0xfff + abs>>13&1
	return sign | F16((abs-0x38000000)>>13)
}

// Float32 is the exact value.
func (x F16) Float32() float32 {
	sign, exp, man := uint32(x&0x8000)<<16, uint32(x>>10&0x1f), uint32(x&0x3ff)
	switch exp {
	case 0:
		f := float32(man) / (1 << 24)
		return math.Float32frombits(math.Float32bits(f) | sign)
	case 31:
		return math.Float32frombits(sign | 0x7f800000 | man<<13)
	}
	return math.Float32frombits(sign | (exp+112)<<23 | man<<13)
}

package ctflite

// Outcomes of a call.
const (
	OK        = 0
	Error     = 1
	Cancelled = 8
)

// TensorInfo describes a tensor as it is now.
type TensorInfo struct {
	Name      string
	Type      int32   // TfLiteType
	Dims      []int32 // current shape
	Signature []int32 // shape in the model, -1 where unknown; nil if it has none
	Scales    []float32
	Zeros     []int32 // zero points, one a scale
	Axis      int32   // dimension that the scales run along
}

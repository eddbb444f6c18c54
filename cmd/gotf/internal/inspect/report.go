package inspect

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"github.com/gotf/gotf/cmd/gotf/internal/modelfile"
	"github.com/gotf/gotf/internal/drawing"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// An Report is what gotf inspect --json prints; docs/inspect.md describes
// it.
type Report struct {
	Format modelfile.Format `json:"format"`
	Path   string           `json:"path"`
	Bytes  int64            `json:"bytes"`
	*WeightTotals
	*ModelFacts
	*CheckpointFacts
	*RecordFacts
	*EventFacts
	*ArrayFacts

	next   string                  // the next command to type
	graphs func() []*drawing.Graph // for the page
}

// orNil leaves out a report that an error left empty.
func (r *Report) orNil(err error) (*Report, error) {
	if err != nil && r.ModelFacts == nil && r.CheckpointFacts == nil {
		return nil, err
	}
	return r, err
}

// WeightTotals are of models and checkpoints.
type WeightTotals struct {
	Parameters  int64 `json:"parameters"`   // values in variables or constants
	WeightBytes int64 `json:"weight_bytes"` // that they take
}

// ModelFacts are those of SavedModel, .tflite, .keras and GraphDef.
type ModelFacts struct {
	Inputs     []TensorFacts    `json:"inputs"` // of the default signature
	Outputs    []TensorFacts    `json:"outputs"`
	Signatures []SignatureFacts `json:"signatures"`
	Nodes      int              `json:"nodes"`     // operators in all, functions included
	Operators  []OperatorFacts  `json:"operators"` // the most frequent first

	Description string          `json:"description,omitempty"`
	Producer    string          `json:"producer,omitempty"` // the version that wrote it, or that it needs
	TagSet      []string        `json:"tag_set,omitempty"`  // of the part of a SavedModel
	TagSets     [][]string      `json:"tag_sets,omitempty"` // of all parts
	Subgraphs   []subgraphFacts `json:"subgraphs,omitempty"`
	Functions   []subgraphFacts `json:"functions,omitempty"`
	Variables   []WeightFacts   `json:"variables,omitempty"`
	Constants   []WeightFacts   `json:"constants,omitempty"`
	Layers      []layerFacts    `json:"layers,omitempty"`
	Metadata    []partFacts     `json:"metadata,omitempty"`
	Files       []partFacts     `json:"files,omitempty"` // packed with it: labels, assets

	Model         *aboutFacts `json:"model,omitempty"` // what the metadata of a .tflite file says
	MetadataError string      `json:"metadata_error,omitempty"`
}

type aboutFacts struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Version     string `json:"version"`
	Author      string `json:"author"`
	License     string `json:"license"`
}

// TensorFacts describe an input, output or weight.
type TensorFacts struct {
	Name         string             `json:"name"`
	DType        string             `json:"dtype"`
	Shape        tf.Shape           `json:"shape"` // -1: unknown dimension; null: unknown rank
	Quantization *QuantizationFacts `json:"quantization"`
	Optional     bool               `json:"optional,omitempty"` // an input that has a default
}

// QuantizationFacts: real = scale * (value - zero_point), by index of dimension
// where there are several.
type QuantizationFacts struct {
	Scale     []Real  `json:"scale"`
	ZeroPoint []int32 `json:"zero_point"`
	Dimension int     `json:"dimension"`
}

// SignatureFacts describe a way to call a model.
type SignatureFacts struct {
	Key     string        `json:"key"`
	Inputs  []TensorFacts `json:"inputs"`
	Outputs []TensorFacts `json:"outputs"`
}

// OperatorFacts count an operator.
type OperatorFacts struct {
	Name   string `json:"name"`
	Custom bool   `json:"custom,omitempty"`
	Count  int    `json:"count"`
}

type subgraphFacts struct {
	Name      string `json:"name"`
	Operators int    `json:"operators"`
}

// WeightFacts describe a variable or constant.
type WeightFacts struct {
	TensorFacts
	Bytes int64 `json:"bytes"`
}

type layerFacts struct {
	Name  string `json:"name"`
	Class string `json:"class"`
}

// partFacts describe a file or buffer inside.
type partFacts struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
	Lines int    `json:"lines,omitempty"` // of text
}

// DefaultSignature is the one that gotf run takes when none is named, or the
// first.
func (m *ModelFacts) DefaultSignature() *SignatureFacts {
	if m == nil || len(m.Signatures) == 0 {
		return nil
	}
	i := slices.IndexFunc(m.Signatures, func(s SignatureFacts) bool { return s.Key == savedmodel.ServingDefault })
	return &m.Signatures[max(i, 0)]
}

// takeDefault makes the default signature's inputs and outputs the model's.
func (m *ModelFacts) takeDefault() {
	if s := m.DefaultSignature(); s != nil {
		m.Inputs, m.Outputs = s.Inputs, s.Outputs
	}
	m.Inputs, m.Outputs = listed(m.Inputs), listed(m.Outputs)
	m.Signatures, m.Operators = listed(m.Signatures), listed(m.Operators)
}

// listed makes a missing list an empty one, [] in JSON.
func listed[T any](s []T) []T { return append(make([]T, 0, len(s)), s...) }

// QuantizationOf is nil of a tensor that is not quantized.
func QuantizationOf(q tflite.Quantization) *QuantizationFacts {
	if len(q.Scales) == 0 {
		return nil
	}
	f := &QuantizationFacts{ZeroPoint: q.ZeroPoints, Dimension: q.Axis}
	for _, s := range q.Scales {
		f.Scale = append(f.Scale, Real(s))
	}
	return f
}

// Real is a number in JSON, also where JSON has none: "NaN", "Infinity".
type Real float64

func (r Real) MarshalJSON() ([]byte, error) {
	switch v := float64(r); {
	case math.IsNaN(v):
		return []byte(`"NaN"`), nil
	case math.IsInf(v, 0):
		return json.Marshal(map[bool]string{true: "Infinity", false: "-Infinity"}[v > 0])
	case v == float64(float32(v)):
		return json.Marshal(float32(v)) // as few digits as it takes
	default:
		return json.Marshal(v)
	}
}

func (r Real) String() string {
	bits := 64
	if float64(r) == float64(float32(r)) {
		bits = 32
	}
	return strconv.FormatFloat(float64(r), 'g', -1, bits)
}

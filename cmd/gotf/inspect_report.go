package main

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"github.com/gotf/gotf/internal/drawing"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// fileFormat is what a file is.
type fileFormat string

const (
	formatTFLite     fileFormat = "tflite"
	formatSavedModel fileFormat = "savedmodel"
	formatCheckpoint fileFormat = "checkpoint"
	formatRecords    fileFormat = "tfrecord"
	formatEvents     fileFormat = "events"
	formatKeras      fileFormat = "keras"
	formatGraphDef   fileFormat = "graphdef"
)

func (f fileFormat) title() string {
	return map[fileFormat]string{
		formatTFLite: "TensorFlow Lite model", formatSavedModel: "SavedModel", formatCheckpoint: "checkpoint",
		formatRecords: "TFRecord file", formatEvents: "event file", formatKeras: "Keras model", formatGraphDef: "frozen GraphDef",
	}[f]
}

// aTitle is the title with its article.
func (f fileFormat) aTitle() string {
	if f == formatEvents {
		return "an " + f.title()
	}
	return "a " + f.title()
}

// An inspection is what gotf inspect --json prints; docs/inspect.md describes
// it.
type inspection struct {
	Format fileFormat `json:"format"`
	Path   string     `json:"path"`
	Bytes  int64      `json:"bytes"`
	*weightTotals
	*modelFacts
	*checkpointFacts
	*recordFacts
	*eventFacts

	next   string                  // the next command to type
	graphs func() []*drawing.Graph // for the page
}

// orNil leaves out the report beside an error.
func (r *inspection) orNil(err error) (*inspection, error) {
	if err != nil {
		return nil, err
	}
	return r, nil
}

// weightTotals are of models and checkpoints.
type weightTotals struct {
	Parameters  int64 `json:"parameters"`   // values in variables or constants
	WeightBytes int64 `json:"weight_bytes"` // that they take
}

// modelFacts are those of SavedModel, .tflite, .keras and GraphDef.
type modelFacts struct {
	Inputs     []tensorFacts    `json:"inputs"` // of the default signature
	Outputs    []tensorFacts    `json:"outputs"`
	Signatures []signatureFacts `json:"signatures"`
	Nodes      int              `json:"nodes"`     // operators in all, functions included
	Operators  []operatorFacts  `json:"operators"` // the most frequent first

	Description string          `json:"description,omitempty"`
	Producer    string          `json:"producer,omitempty"` // the version that wrote it, or that it needs
	TagSet      []string        `json:"tag_set,omitempty"`  // of the part of a SavedModel
	TagSets     [][]string      `json:"tag_sets,omitempty"` // of all parts
	Subgraphs   []subgraphFacts `json:"subgraphs,omitempty"`
	Functions   []subgraphFacts `json:"functions,omitempty"`
	Variables   []weightFacts   `json:"variables,omitempty"`
	Constants   []weightFacts   `json:"constants,omitempty"`
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

type tensorFacts struct {
	Name         string             `json:"name"`
	DType        string             `json:"dtype"`
	Shape        tf.Shape           `json:"shape"` // -1: unknown dimension; null: unknown rank
	Quantization *quantizationFacts `json:"quantization"`
}

// quantizationFacts: real = scale * (value - zero_point), by index of dimension
// where there are several.
type quantizationFacts struct {
	Scale     []jsonReal `json:"scale"`
	ZeroPoint []int32    `json:"zero_point"`
	Dimension int        `json:"dimension"`
}

type signatureFacts struct {
	Key     string        `json:"key"`
	Inputs  []tensorFacts `json:"inputs"`
	Outputs []tensorFacts `json:"outputs"`
}

type operatorFacts struct {
	Name   string `json:"name"`
	Custom bool   `json:"custom,omitempty"`
	Count  int    `json:"count"`
}

type subgraphFacts struct {
	Name      string `json:"name"`
	Operators int    `json:"operators"`
}

type weightFacts struct {
	tensorFacts
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

// defaultSignature is the one that gotf run takes when none is named, or the
// first.
func (m *modelFacts) defaultSignature() *signatureFacts {
	if m == nil || len(m.Signatures) == 0 {
		return nil
	}
	i := slices.IndexFunc(m.Signatures, func(s signatureFacts) bool { return s.Key == savedmodel.ServingDefault })
	return &m.Signatures[max(i, 0)]
}

// takeDefault makes the default signature's inputs and outputs the model's.
func (m *modelFacts) takeDefault() {
	if s := m.defaultSignature(); s != nil {
		m.Inputs, m.Outputs = s.Inputs, s.Outputs
	}
	m.Inputs, m.Outputs = listed(m.Inputs), listed(m.Outputs)
	m.Signatures, m.Operators = listed(m.Signatures), listed(m.Operators)
}

// listed makes a missing list an empty one, [] in JSON.
func listed[T any](s []T) []T { return append(make([]T, 0, len(s)), s...) }

func quantizationOf(q tflite.Quantization) *quantizationFacts {
	if len(q.Scales) == 0 {
		return nil
	}
	f := &quantizationFacts{ZeroPoint: q.ZeroPoints, Dimension: q.Axis}
	for _, s := range q.Scales {
		f.Scale = append(f.Scale, jsonReal(s))
	}
	return f
}

// jsonReal is a number in JSON, also where JSON has none: "NaN", "Infinity".
type jsonReal float64

func (r jsonReal) MarshalJSON() ([]byte, error) {
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

func (r jsonReal) String() string {
	bits := 64
	if float64(r) == float64(float32(r)) {
		bits = 32
	}
	return strconv.FormatFloat(float64(r), 'g', -1, bits)
}

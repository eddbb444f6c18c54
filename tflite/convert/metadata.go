package convert

import (
	"cmp"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/gotf/gotf/tflite/internal/schema"
)

// metadataName is where a model tells how it was made, in a table of
// https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/conversion_metadata.fbs
const metadataName = "CONVERSION_METADATA"

// The numbers of that file that are used here.
const (
	savedModelType = 1 // ModelType.TF_SAVED_MODEL
	apiVersion     = 2 // of Python's TFLiteConverter

	madeFloat16      = 1001 // ModelOptimizationMode.PTQ_FLOAT16
	madeDynamicRange = 1002
	madeFullInteger  = 1003
	madeByTraining   = 2000 // QUANTIZATION_AWARE_TRAINING
)

// modes say how the model was made smaller, in Python's words.
func (p *plan) modes() (m []int32) {
	switch {
	case p.calibrated():
		m = append(m, madeFullInteger)
	case p.Quantize == Float16:
		m = append(m, madeFloat16)
	case p.Quantize == Dynamic && !p.trained:
		m = append(m, madeDynamicRange)
	}
	if p.trained && p.Quantize.reduces() {
		m = append(m, madeByTraining)
	}
	return m
}

// describe adds the metadata that Python's converter adds.
func describe(m *schema.ModelT, p *plan) {
	data := p.metadata(hash(m))
	for _, entry := range m.Metadata {
		if entry.Name == metadataName {
			m.Buffers[entry.Buffer] = &schema.BufferT{Data: data}
			return
		}
	}
	m.Metadata = append(m.Metadata, &schema.MetadataT{Name: metadataName, Buffer: uint32(len(m.Buffers))})
	m.Buffers = append(m.Buffers, &schema.BufferT{Data: data})
}

// metadata is a ConversionMetadata: an Environment and ConversionOptions.
func (p *plan) metadata(hash uint64) []byte {
	b := flatbuffers.NewBuilder(256)
	version := b.CreateString(p.version)
	b.StartObject(4)
	b.PrependUOffsetTSlot(0, version, 0)
	b.PrependUint32Slot(1, apiVersion, 0)
	b.PrependInt32Slot(2, cmp.Or(p.origin, savedModelType), 0)
	b.PrependUint64Slot(3, hash, 0)
	environment := b.EndObject()

	modes := p.modes()
	b.StartVector(4, len(modes), 4)
	for i := len(modes) - 1; i >= 0; i-- {
		b.PrependInt32(modes[i])
	}
	list := b.EndVector(len(modes))
	b.StartObject(5)
	b.PrependUOffsetTSlot(0, list, 0)
	b.PrependBoolSlot(1, p.AllowCustomOps, false)
	b.PrependBoolSlot(2, p.SelectTFOps, false)
	options := b.EndObject()

	b.StartObject(2)
	b.PrependUOffsetTSlot(0, environment, 0)
	b.PrependUOffsetTSlot(1, options, 0)
	b.Finish(b.EndObject())
	return b.FinishedBytes()
}

// hash tells models of different structure apart: indices, shapes and sizes
// count, values do not.
func hash(m *schema.ModelT) (h uint64) {
	mix := func(v uint64) { h ^= v + 0x9e3779b97f4a7800 + h<<10 + h>>4 }
	all := func(values []int32) {
		for _, v := range values {
			mix(uint64(int64(v)))
		}
	}
	for _, g := range m.Subgraphs {
		if g.Operators != nil {
			mix(uint64(len(g.Operators)))
			for _, o := range g.Operators {
				all(o.Inputs)
				all(o.Outputs)
			}
		}
		if g.Tensors != nil {
			mix(uint64(len(g.Tensors)))
			for _, t := range g.Tensors {
				if data := m.Buffers[t.Buffer].Data; data != nil {
					mix(uint64(len(data)))
				}
				all(t.Shape)
			}
		}
		if g.Inputs != nil {
			mix(uint64(len(g.Inputs)))
		}
		if g.Outputs != nil {
			mix(uint64(len(g.Outputs)))
		}
	}
	return h
}

package convert

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/internal/schema"
)

// place is a tensor of a model.
type place struct{ graph, tensor int32 }

// extent is the range of values that a tensor was seen to hold. It starts as
// TFLite's own does: the largest value is never below the smallest positive
// normal number.
type extent struct{ min, max float32 }

var unseen = extent{math.MaxFloat32, 0x1p-126}

// calibrate runs every sample through the model and returns the range of each
// tensor of float values that an operator reads or writes.
func (p *plan) calibrate(ctx context.Context, m *schema.ModelT) (map[place]extent, error) {
	w, err := watch(m, floatValues)
	if err != nil {
		return nil, err
	}
	defer w.close()
	ranges := map[place]extent{}
	n := 0
	for sample, err := range p.Calibration(ctx, p.signatures()) {
		if err != nil {
			return nil, p.leftOut(err)
		}
		err := w.run(ctx, sample, func(at place, values []float32) error {
			r, ok := ranges[at]
			if !ok {
				r = unseen
			}
			for _, v := range values {
				if v-v != 0 { // not a number, or infinite
					return errorf(p.op, tf.InvalidArgument, "sample %d makes %q %v, which int8 has no place for", n, w.name(at), v)
				}
				r.min, r.max = min(r.min, v), max(r.max, v)
			}
			if len(values) > 0 {
				ranges[at] = r
			}
			return nil
		})
		sample.Close()
		if err != nil {
			return nil, err
		}
		n++
	}
	if n == 0 {
		return nil, errorf(p.op, tf.InvalidArgument, "there are no samples to calibrate with")
	}
	return ranges, nil
}

// leftOut explains why samples for a signature of the model are not wanted.
func (p *plan) leftOut(err error) error {
	var e *notAmong
	if !errors.As(err, &e) || !has(savedmodel.Signatures(p.graph), e.key) {
		return err
	}
	why := ""
	if p.twice {
		why = ": Keras's export writes it beside serving_default, which is the same"
	}
	return errorf(p.op, tf.InvalidArgument, "the samples are for signature %q, which is not converted%s; give them to %s, or name it in Signatures (--saved-model-signature-key)",
		e.key, why, strings.Join(p.Signatures, " or "))
}

// A watched model runs with every float tensor laid open.
type watched struct {
	m           *schema.ModelT
	model       *tflite.Model
	interpreter *tflite.Interpreter
	facts       *tflite.Structure
	places      map[string][]place // of each signature
}

// watch prepares a copy of m in which the tensors of these types are outputs. It
// uses TFLite's own kernels, not XNNPACK's, as Python's calibrator does.
func watch(m *schema.ModelT, types []schema.TensorType) (*watched, error) {
	w := &watched{m: m, places: map[string][]place{}}
	open := *m
	open.Subgraphs = append([]*schema.SubGraphT(nil), m.Subgraphs...)
	open.SignatureDefs = nil
	for _, s := range m.SignatureDefs {
		g := *m.Subgraphs[s.SubgraphIndex]
		g.Outputs = append([]int32(nil), g.Outputs...)
		copied := *s
		copied.Outputs = append([]*schema.TensorMapT(nil), s.Outputs...)
		for _, t := range computed(m, &g, types) {
			at := place{int32(s.SubgraphIndex), t}
			g.Outputs = append(g.Outputs, t)
			copied.Outputs = append(copied.Outputs, &schema.TensorMapT{Name: at.String(), TensorIndex: uint32(t)})
			w.places[s.SignatureKey] = append(w.places[s.SignatureKey], at)
		}
		open.Subgraphs[s.SubgraphIndex] = &g
		open.SignatureDefs = append(open.SignatureDefs, &copied)
	}
	data := pack(&open)
	var err error
	if w.facts, err = tflite.Inspect(data); err != nil {
		return nil, err
	}
	if w.model, err = tflite.NewModel(data); err != nil {
		return nil, err
	}
	if w.interpreter, err = tflite.NewInterpreter(w.model, &tflite.Options{NoXNNPACK: true}); err != nil {
		w.model.Close()
		return nil, err
	}
	return w, nil
}

func (at place) String() string { return fmt.Sprintf("#%d/%d", at.graph, at.tensor) }

func (w *watched) name(at place) string { return w.m.Subgraphs[at.graph].Tensors[at.tensor].Name }

func (w *watched) close() {
	w.interpreter.Close()
	w.model.Close()
}

// run gives the values of every watched tensor to f.
func (w *watched) run(ctx context.Context, sample Sample, f func(place, []float32) error) error {
	if writes := w.facts.FileWrites(sample.Signature); len(writes) > 0 {
		return errorf("calibrate", tf.PermissionDenied, "signature %q is not run: it writes files, by %s", sample.Signature, writes[0])
	}
	s, err := w.interpreter.Signature(sample.Signature)
	if err != nil {
		return err
	}
	if err := feed(s, sample.Inputs); err != nil {
		return err
	}
	if err := s.Invoke(ctx); err != nil {
		return err
	}
	for _, at := range w.places[sample.Signature] {
		values, err := w.read(s, at)
		if err != nil {
			return err
		}
		if err := f(at, values); err != nil {
			return err
		}
	}
	return nil
}

// read returns what a tensor holds, or stands for.
func (w *watched) read(s *tflite.Signature, at place) ([]float32, error) {
	t := w.m.Subgraphs[at.graph].Tensors[at.tensor]
	if t.Type == schema.TensorTypeFLOAT32 {
		return tflite.Read[float32](s, at.String())
	}
	values, err := tflite.Read[int8](s, at.String())
	if err != nil {
		return nil, err
	}
	return dequantize(values, t.Quantization.Scale[0], int32(t.Quantization.ZeroPoint[0])), nil
}

// The types that calibration and the search for errors look at.
var (
	floatValues     = []schema.TensorType{schema.TensorTypeFLOAT32}
	quantizedValues = []schema.TensorType{schema.TensorTypeFLOAT32, schema.TensorTypeINT8}
)

// computed are the tensors of these types that operators read or write and that
// are no constants, each once.
func computed(m *schema.ModelT, g *schema.SubGraphT, types []schema.TensorType) (tensors []int32) {
	seen := map[int32]bool{}
	for _, o := range g.Operators {
		for _, list := range [][]int32{o.Inputs, o.Outputs} {
			for _, i := range list {
				if i < 0 || seen[i] || !slices.Contains(types, g.Tensors[i].Type) || len(m.Buffers[g.Tensors[i].Buffer].Data) > 0 {
					continue
				}
				if q := g.Tensors[i].Quantization; g.Tensors[i].Type == schema.TensorTypeINT8 && (q == nil || len(q.Scale) != 1 || len(q.ZeroPoint) != 1) {
					continue
				}
				seen[i] = true
				tensors = append(tensors, i)
			}
		}
	}
	return tensors
}

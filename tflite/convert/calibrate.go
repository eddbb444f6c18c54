package convert

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/internal/schema"
)

// extent is the range of values that a tensor was seen to hold. It starts as
// TFLite's own does: the largest value is never below the smallest positive
// normal number.
type extent struct{ min, max float32 }

var unseen = extent{math.MaxFloat32, 0x1p-126}

// widen takes in values, unless one is not a number. Comparisons, which once the
// range is known always fall out the same way, are far quicker here than min and
// max, which care for zeros' signs.
func (e *extent) widen(values []float32) bool {
	lo, hi := e.min, e.max
	for _, v := range values {
		if v != v {
			return false
		}
		if v < lo {
			lo = v
		}
		if v > hi {
			hi = v
		}
	}
	e.min, e.max = lo, hi
	return true
}

// calibrate runs every sample through the model and returns the range of each
// tensor of float values that an operator reads or writes, in all subgraphs.
func (p *plan) calibrate(ctx context.Context, m *schema.ModelT) (map[place]extent, error) {
	w, err := watch(m, floatValues, p.CustomOps)
	if err != nil {
		return nil, err
	}
	defer w.close()
	ranges := map[place]extent{}
	see := func(at place, values []float32) error {
		r, ok := ranges[at]
		if !ok {
			r = unseen
		}
		if !r.widen(values) {
			return fmt.Errorf("%w: it makes %q NaN, which int8 has no place for", tf.InvalidArgument, w.name(at))
		}
		if len(values) > 0 {
			ranges[at] = r
		}
		return nil
	}
	n, called := 0, map[string]bool{}
	for sample, err := range p.Calibration(ctx, p.signatures()) {
		if err != nil {
			return nil, p.leftOut(err)
		}
		err := w.run(ctx, sample, see)
		sample.Close()
		if err != nil && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if err != nil {
			return nil, fmt.Errorf("tflite/convert: %s: calibrate with sample %d%s: %w", p.op, n, sample.of(), err)
		}
		n++
		called[sample.Signature] = true
	}
	if n == 0 {
		return nil, errorf(p.op, tf.InvalidArgument, "there are no samples to calibrate with")
	}
	p.warnUncalled(m, w, called)
	p.dropInfinite(ranges, w)
	return ranges, nil
}

// warnUncalled tells of signatures with values to quantize that no sample is for.
func (p *plan) warnUncalled(m *schema.ModelT, w *watched, called map[string]bool) {
	for _, s := range m.SignatureDefs {
		if !called[s.SignatureKey] && w.observes(int32(s.SubgraphIndex)) {
			p.warn(fmt.Sprintf("signature %q got no samples and stays in float: give it some, too (--calibration PATH@%s)", s.SignatureKey, s.SignatureKey))
		}
	}
}

// dropInfinite forgets ranges without an end, of which the quantizer would end
// the process.
func (p *plan) dropInfinite(ranges map[place]extent, w *watched) {
	var names []string
	for at, r := range ranges {
		if r.max-r.min >= math.MaxFloat32 {
			delete(ranges, at)
			names = append(names, strconv.Quote(w.name(at)))
		}
	}
	if slices.Sort(names); len(names) > 0 {
		p.warn("samples make values infinite, which stay in float or take the range of what is computed of them: " + strings.Join(names, ", "))
	}
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

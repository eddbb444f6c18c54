package convert

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

// turn lets one conversion run at a time: the converter gathers what it could
// not convert in one place for the whole process, without a lock.
var turn sync.Mutex

// Convert makes a TFLite model of the SavedModel in dir. When ctx is done it
// returns at once, while the converter finishes in the background.
func Convert(ctx context.Context, dir string, o *Options) ([]byte, error) {
	p, err := newPlan(dir, o)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	type result struct {
		model []byte
		err   error
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() { done <- r }()
		defer recovered(p.op, &r.err)
		r.model, r.err = p.convert(ctx)
	}()
	select {
	case r := <-done:
		return r.model, r.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (p *plan) convert(ctx context.Context) ([]byte, error) {
	model, facts, err := p.native(p.converterFlags())
	if err == nil && lacksValues(facts) {
		model, facts, err = p.withConstants(ctx)
	}
	if err == nil && p.calibrated() {
		model, facts, err = p.quantize(ctx, model)
	}
	if err == nil && p.integer() {
		err = p.checkFloat(facts)
	}
	if err != nil {
		return nil, err
	}
	p.warnAssets(model, facts)
	if stateful(facts) {
		p.warn("layers of the model keep their state from one invocation to the next, which the SavedModel's do not: reset the variables before each new sequence (Interpreter.ResetVariables, in Python reset_all_variables)")
	}
	if uses(facts, "READ_VARIABLE") {
		p.warnUnset(unpack(model))
	}
	if p.NoMetadata && !p.changesTypes() {
		return model, nil
	}
	m := unpack(model)
	if p.changesTypes() {
		if err := p.changeTypes(m); err != nil {
			return nil, err
		}
	}
	if !p.NoMetadata {
		dedupe(m)
		describe(m, p)
	}
	return finish(m), nil
}

// native runs TensorFlow's converter.
func (p *plan) native(f flags) ([]byte, *tflite.Structure, error) {
	model, status := run(p.modelFlags(), f)
	if calledTwice(status) {
		f.int(50, 1) // guarantee_all_funcs_one_use: copies functions, which can then be inlined
		model, status = run(p.modelFlags(), f)
	}
	if status.Code != 0 {
		return nil, nil, p.explain(status)
	}
	facts, err := tflite.Inspect(model)
	return model, facts, err
}

// warnAssets tells of files that the converter has noted by their paths, or left
// out.
func (p *plan) warnAssets(model []byte, s *tflite.Structure) {
	if len(p.graph.GetAssetFileDef()) == 0 {
		return
	}
	if uses(s, "HASHTABLE") && !uses(s, "HASHTABLE_IMPORT") {
		p.warn("the model's lookup tables stay empty: TFLite fills tables with constants (tf.lookup.KeyValueTensorInitializer), not from a file")
	}
	for _, a := range p.graph.GetAssetFileDef() {
		path := filepath.Join(p.dir, "assets", a.GetFilename())
		if bytes.Contains(model, []byte("assets/"+a.GetFilename())) {
			p.warn(fmt.Sprintf("the model opens the file %s at that very path when it runs: a .tflite file holds no assets", path))
		}
	}
}

func uses(s *tflite.Structure, operator string) bool {
	return slices.ContainsFunc(s.OperatorCounts(), func(c tflite.OperatorCount) bool { return c.Name == operator })
}

func run(model, converter flags) ([]byte, ctf.Status) {
	turn.Lock()
	defer turn.Unlock()
	return ctf.ConvertSavedModel(model, converter)
}

func errorf(op string, code tf.Code, format string, args ...any) error {
	return fmt.Errorf("tflite/convert: %s: %w: %s", op, code, fmt.Sprintf(format, args...))
}

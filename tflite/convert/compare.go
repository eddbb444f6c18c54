package convert

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

func (r *Report) compare(ctx context.Context, dir string, model []byte, s *tflite.Structure, o *CheckOptions) error {
	m, err := tflite.NewModel(model)
	if err != nil {
		return fails(err)
	}
	defer m.Close()
	it, err := tflite.NewInterpreter(m, &tflite.Options{Ops: o.CustomOps})
	if err != nil {
		return fails(err)
	}
	defer it.Close()
	saved, err := savedmodel.Load(dir, &savedmodel.LoadConfig{Tags: o.Tags, Config: forFewCalls})
	if err != nil {
		return err
	}
	defer saved.Close()
	p := &plan{graph: saved.MetaGraph()}
	if files := p.nodes("ReadFile", "MatchingFiles"); len(files) > 0 { // their names are the model's own
		return fmt.Errorf("the SavedModel works on files (%s)", files[0])
	}
	var signatures []savedmodel.Signature
	var left []string // why signatures are left out
	for _, def := range s.Signatures {
		sig, err := saved.Signature(def.Key)
		if err != nil {
			return err
		}
		if writes := savedmodel.FileWrites(saved.MetaGraph(), sig); len(writes) > 0 {
			left = append(left, fmt.Sprintf("signature %q of the SavedModel was not run: it writes files, by %v", def.Key, writes[0]))
		} else if writes := s.FileWrites(def.Key); len(writes) > 0 {
			left = append(left, fmt.Sprintf("signature %q was not run: it writes files, by %s", def.Key, writes[0]))
		} else if o.Samples != nil || !takesText(sig) {
			signatures = append(signatures, sig)
		}
	}
	if len(signatures) == 0 && len(left) > 0 {
		return errors.New(left[0])
	}
	if len(signatures) == 0 {
		return errors.New("the inputs are text, for which there are no random samples")
	}
	c := &comparison{saved, it, stateful(s), map[[2]string]*Difference{}}
	if o.Samples != nil {
		samples, ranges := Observe(o.Samples.First(cmp.Or(o.Most, 10)))
		r.Samples, err = c.all(ctx, samples, signatures)
		r.Inputs = ranges()
	} else {
		r.Random = true
		var words []string
		words, err = c.random(ctx, r, signatures, cmp.Or(o.Most, 1))
		left = append(left, words...)
	}
	r.Outputs = c.differences()
	r.Warnings = append(append(r.Warnings, left...), r.judge(isInteger(s))...)
	return err
}

// random runs signatures on random samples, those that it can: the error is for
// none, and words tell why others were left out.
func (c *comparison) random(ctx context.Context, r *Report, signatures []savedmodel.Signature, most int) (words []string, err error) {
	ran := false
	for _, sig := range signatures {
		one := []savedmodel.Signature{sig}
		var n int
		for _, size := range openSizes {
			if n, err = c.all(ctx, random(size, most), one); err == nil || errors.Is(err, context.Canceled) {
				break
			}
			maps.DeleteFunc(c.outputs, func(key [2]string, _ *Difference) bool { return key[0] == sig.Key })
		}
		if err != nil {
			if !r.blame(err) {
				words = append(words, fmt.Sprintf("signature %q was not compared: %v", sig.Key, err))
			}
			continue
		}
		ran = true
		r.Samples += n
	}
	if ran {
		return words, nil
	}
	return nil, err
}

// forFewCalls leaves out the optimizations that take longer than the calls; to
// inline functions takes less.
var forFewCalls = &tf.Config{Edit: func(p *pb.ConfigProto) {
	p.GraphOptions.RewriteOptions = &pb.RewriterConfig{Optimizers: []string{"function"}, MetaOptimizerIterations: pb.RewriterConfig_ONE}
}}

// takesText says that an input is text: random text means nothing to a model, and
// may be taken for the name of a file.
func takesText(s savedmodel.Signature) bool {
	return slices.ContainsFunc(s.Inputs, func(in savedmodel.TensorInfo) bool { return in.DType == tf.String })
}

// comparison gathers differences by signature and output.
type comparison struct {
	saved       *savedmodel.Model
	interpreter *tflite.Interpreter
	stateful    bool // the new model; each sample begins anew, as in the SavedModel
	outputs     map[[2]string]*Difference
}

// stateful says that layers of a model keep a state from one invocation to the
// next.
func stateful(s *tflite.Structure) bool {
	for _, g := range s.Subgraphs {
		if slices.ContainsFunc(g.Tensors, func(t tflite.TensorDef) bool { return t.Variable }) {
			return true
		}
	}
	return false
}

func (c *comparison) all(ctx context.Context, samples Samples, signatures []savedmodel.Signature) (n int, err error) {
	for sample, err := range samples(ctx, signatures) {
		if err != nil {
			return n, err
		}
		err = c.sample(ctx, sample)
		sample.Close()
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func (c *comparison) sample(ctx context.Context, sample Sample) error {
	want, err := c.saved.Call(ctx, sample.Signature, sample.Inputs)
	if err != nil {
		return err
	}
	defer Sample{Inputs: want}.Close()
	s, err := c.interpreter.Signature(sample.Signature)
	if err != nil {
		return err
	}
	if err := feed(s, sample.Inputs); err != nil {
		return err
	}
	if c.stateful {
		if err := c.interpreter.ResetVariables(); err != nil {
			return err
		}
	}
	if err := s.Invoke(ctx); err != nil {
		return fails(fmt.Errorf("signature %q, on a sample that the SavedModel takes: %w", sample.Signature, err))
	}
	for _, out := range s.Outputs() {
		got, err := outputs(s, out)
		if err != nil {
			return err
		}
		w := want[out.Name]
		if w == nil {
			continue
		}
		exact, err := numbers(w)
		if err != nil {
			return err
		}
		key := [2]string{sample.Signature, out.Name}
		d := c.outputs[key]
		if d == nil {
			d = &Difference{Signature: sample.Signature, Output: out.Name, odds: true}
			c.outputs[key] = d
		}
		d.add(got, exact, w.Shape())
	}
	return nil
}

// differences are in the order of their names.
func (c *comparison) differences() []Difference {
	list := []Difference{}
	for _, d := range c.outputs {
		list = append(list, d.done())
	}
	slices.SortFunc(list, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(a.Signature, b.Signature), cmp.Compare(a.Output, b.Output))
	})
	return list
}

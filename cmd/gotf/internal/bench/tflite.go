package bench

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/gotf/gotf/cmd/gotf/internal/modelfile"
	"github.com/gotf/gotf/cmd/gotf/internal/modelio"
	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
)

func openTFLite(o *options) (*contender, error) {
	if o.model == "" {
		return nil, nil
	}
	if err := modelfile.CheckTFLite(o.model); err != nil {
		return nil, err
	}
	model, err := tflite.LoadModel(o.model)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(o.model)
	if err != nil {
		model.Close()
		return nil, err
	}
	s, free, err := o.interpreter(model)
	if err != nil {
		model.Close()
		return nil, fmt.Errorf("%s: %w", o.model, err)
	}
	var ports []modelio.Port
	for _, in := range s.Inputs() {
		ports = append(ports, modelio.Port{Name: in.Name, DType: in.DType, Shape: in.ShapeSignature})
	}
	arrays, err := o.inputs(ports)
	if err != nil {
		free()
		model.Close()
		return nil, fmt.Errorf("%s: %w", o.model, err)
	}
	m := &contender{about: newAbout("tflite", o.model, info.Size(), s.Key, max(o.threads, 1), ports, arrays)}
	m.about.Library, _ = tflite.Version()
	m.inputs = ports
	for _, out := range s.Outputs() {
		m.outputs = append(m.outputs, modelio.Port{Name: out.Name, DType: out.DType, Shape: out.ShapeSignature})
	}
	m.about.XNNPACK = newBool(!o.noXNNPACK)
	m.frees = []func(){func() { model.Close() }}
	m.caller = func() (call, func(), error) {
		if s == nil { // the first was made above
			if s, free, err = o.interpreter(model); err != nil {
				return nil, nil, err
			}
		}
		call, err := liteCall(s, arrays)
		mine := free
		s = nil
		return call, mine, err
	}
	m.profile = func(ctx context.Context) ([]op, error) { return o.profileTFLite(ctx, model, arrays) }
	return m, nil
}

// interpreter makes an interpreter of the model and finds the signature.
func (o *options) interpreter(m *tflite.Model) (*tflite.Signature, func(), error) {
	it, err := tflite.NewInterpreter(m, &tflite.Options{Threads: o.threads, NoXNNPACK: o.noXNNPACK})
	if err != nil {
		return nil, nil, err
	}
	s, err := o.signature(it)
	if err == nil {
		err = modelfile.RefuseLiteFileWrites(o.model, s.Key)
	}
	if err != nil {
		it.Close()
		return nil, nil, err
	}
	return s, func() { it.Close() }, nil
}

func (o *options) signature(it *tflite.Interpreter) (*tflite.Signature, error) {
	keys := it.Signatures()
	if o.key == "" && len(keys) > 1 && !slices.Contains(keys, savedmodel.ServingDefault) {
		return nil, fmt.Errorf("there are several signatures; name one with --signature-def: %s", strings.Join(keys, ", "))
	}
	return it.Signature(modelfile.DefaultKey(o.key, keys, ""))
}

// liteCall gives the inputs their shapes and makes a call that copies
// them in, invokes, and copies the outputs.
func liteCall(s *tflite.Signature, arrays map[string]*npy.Array) (call, error) {
	var sets, gets []func() error
	for _, in := range s.Inputs() {
		a := arrays[in.Name]
		if !in.Shape.Equal(a.Shape) {
			if err := s.Resize(in.Name, a.Shape); err != nil {
				return nil, err
			}
		}
		access, ok := accesses[in.DType]
		if !ok {
			return nil, fmt.Errorf("input %q is of type %v, which gotf bench cannot set", in.Name, in.DType)
		}
		sets = append(sets, access.set(s, in.Name, a))
	}
	for _, out := range s.Outputs() {
		access, ok := accesses[out.DType]
		if !ok {
			return nil, fmt.Errorf("output %q is of type %v, which gotf bench cannot read", out.Name, out.DType)
		}
		gets = append(gets, access.get(s, out.Name))
	}
	return func(ctx context.Context) error {
		for _, set := range sets {
			if err := set(); err != nil {
				return err
			}
		}
		if err := s.Invoke(ctx); err != nil {
			return err
		}
		for _, get := range gets {
			if err := get(); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// access writes and reads tensors of one type.
type access struct {
	set func(s *tflite.Signature, input string, a *npy.Array) func() error
	get func(s *tflite.Signature, output string) func() error
}

var accesses = map[tf.DType]access{
	tf.Float32: fixed[float32](), tf.Float64: fixed[float64](), tf.Float16: fixed[tf.F16](), tf.BFloat16: fixed[tf.BF16](),
	tf.Complex64: fixed[complex64](), tf.Bool: fixed[bool](),
	tf.Int8: fixed[int8](), tf.Int16: fixed[int16](), tf.Int32: fixed[int32](), tf.Int64: fixed[int64](),
	tf.Uint8: fixed[uint8](), tf.Uint16: fixed[uint16](), tf.Uint32: fixed[uint32](), tf.Uint64: fixed[uint64](),
	tf.String: {
		set: func(s *tflite.Signature, input string, a *npy.Array) func() error {
			values := stringsOf(a)
			return func() error { return tflite.Set(s, input, values) }
		},
		get: get[string],
	},
}

func fixed[T tf.Fixed]() access {
	return access{
		set: func(s *tflite.Signature, input string, a *npy.Array) func() error {
			values := make([]T, tf.Shape(a.Shape).NumElements())
			err := binary.Read(bytes.NewReader(a.Raw), binary.LittleEndian, values)
			return func() error {
				if err != nil {
					return err
				}
				return tflite.Set(s, input, values)
			}
		},
		get: get[T],
	}
}

func get[T tf.Element](s *tflite.Signature, output string) func() error {
	return func() error {
		_, err := tflite.Read[T](s, output)
		return err
	}
}

// profileTFLite runs the model with the times of its operations: of those that
// hold others, such as loops and XNNPACK's part, the times of these.
func (o *options) profileTFLite(ctx context.Context, m *tflite.Model, arrays map[string]*npy.Array) ([]op, error) {
	s, free, err := o.interpreter(m)
	if err != nil {
		return nil, err
	}
	defer free()
	call, err := liteCall(s, arrays)
	if err != nil {
		return nil, err
	}
	if err := call(ctx); err != nil { // sets the inputs
		return nil, err
	}
	times, err := s.Profile(ctx, profiled)
	if err != nil {
		return nil, err
	}
	sum := newOps()
	for i, t := range times {
		if i+1 < len(times) && times[i+1].Depth > t.Depth {
			continue
		}
		name := t.Name
		if t.Index >= 0 {
			name = strings.TrimSpace(fmt.Sprintf("%d %s", t.Index, name))
		}
		sum.add(name, t.Op, t.Mean, t.Calls)
	}
	return sum.list(1), nil
}

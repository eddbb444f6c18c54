package convert

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// Quantize says how weights are stored.
type Quantize string

const (
	None    Quantize = "none"    // as they are; the zero value means this too
	Dynamic Quantize = "dynamic" // int8, where a tensor is large enough: a quarter of the size
	Float16 Quantize = "float16" // half the size
)

// Options say what to convert, and how. The zero value and nil convert all
// signatures of the part with the tag [savedmodel.Serve], without quantization.
type Options struct {
	Quantize   Quantize
	Tags       []string
	Signatures []string // keys; their order is kept
}

// turn lets one conversion run at a time: the converter gathers what it could
// not convert in one place for the whole process, without a lock.
var turn sync.Mutex

// Convert makes a TFLite model of the SavedModel in dir. When ctx is done it
// returns at once, while the converter finishes in the background.
func Convert(ctx context.Context, dir string, o *Options) ([]byte, error) {
	if o == nil {
		o = &Options{}
	}
	op := "convert " + dir
	if !slices.Contains([]Quantize{"", None, Dynamic, Float16}, o.Quantize) {
		return nil, errorf(op, tf.InvalidArgument, "Quantize is %q, want %q, %q or %q", o.Quantize, None, Dynamic, Float16)
	}
	tags := o.Tags
	if len(tags) == 0 {
		tags = []string{savedmodel.Serve}
	}
	keys, err := check(dir, tags, o.Signatures)
	if err != nil {
		return nil, err
	}
	version, err := tf.Version() // opens the library
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	type result struct {
		model  []byte
		status ctf.Status
	}
	done := make(chan result, 1)
	go func() {
		turn.Lock()
		defer turn.Unlock()
		model, st := ctf.ConvertSavedModel(modelFlags(dir, tags, keys), converterFlags(o.Quantize, version))
		done <- result{model, st}
	}()
	select {
	case r := <-done:
		if r.status.Code != 0 {
			return nil, explain(op, version, r.status)
		}
		return r.model, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// check finds in dir what the converter would fail on without saying so, or
// get wrong, and returns the signatures to convert.
func check(dir string, tags, keys []string) ([]string, error) {
	m, err := savedmodel.Read(dir)
	if err != nil {
		return nil, err
	}
	g, err := savedmodel.MetaGraph(m, tags...)
	if err != nil {
		return nil, err
	}
	if err := savedmodel.Check(dir, g); err != nil {
		return nil, err
	}
	signatures := savedmodel.Signatures(g)
	for i, key := range keys {
		if !has(signatures, key) {
			return nil, savedmodel.NoSignature("convert "+dir, key, signatures)
		}
		if slices.Contains(keys[:i], key) {
			return nil, errorf("convert "+dir, tf.InvalidArgument, "signature %q is named twice", key)
		}
	}
	if len(signatures) == 0 {
		return nil, savedmodel.NoSignature("convert "+dir, savedmodel.ServingDefault, nil)
	}
	if len(keys) == 0 {
		keys = chosen(g, signatures)
	}
	return keys, nil
}

// chosen are the signatures that Python converts when none is named, in its
// order, which shows in the result.
func chosen(g *pb.MetaGraphDef, signatures []savedmodel.Signature) []string {
	var keys []string
	root := children(g, 0)
	for _, c := range root {
		if c.LocalName == "signatures" {
			for _, s := range children(g, c.NodeId) {
				if has(signatures, s.LocalName) {
					keys = append(keys, s.LocalName)
				}
			}
		}
	}
	if len(keys) == 0 {
		for _, s := range signatures {
			keys = append(keys, s.Key)
		}
	}
	// Keras's model.export writes everything twice.
	if len(keys) > 1 && hasChild(root, "serve") && !hasChild(root, "_default_save_signature") && has(signatures, savedmodel.ServingDefault) {
		return []string{savedmodel.ServingDefault}
	}
	return keys
}

type child = pb.TrackableObjectGraph_TrackableObject_ObjectReference

// children are those of a node of the object graph, which may be absent.
func children(g *pb.MetaGraphDef, node int32) []*child {
	nodes := g.GetObjectGraphDef().GetNodes()
	if node < 0 || int(node) >= len(nodes) {
		return nil
	}
	return nodes[node].GetChildren()
}

func hasChild(children []*child, name string) bool {
	return slices.ContainsFunc(children, func(c *child) bool { return c.LocalName == name })
}

func has(signatures []savedmodel.Signature, key string) bool {
	return slices.ContainsFunc(signatures, func(s savedmodel.Signature) bool { return s.Key == key })
}

func errorf(op string, code tf.Code, format string, args ...any) error {
	return fmt.Errorf("tflite/convert: %s: %w: %s", op, code, fmt.Sprintf(format, args...))
}

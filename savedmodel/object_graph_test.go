package savedmodel_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/checkpoint"
	functionpb "github.com/wamuir/graft/tensorflow/core/framework/function_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// TestObjectGraph looks at what Python's loader is going to rely on.
func TestObjectGraph(t *testing.T) {
	for name, tc := range objectCases(t) {
		t.Run(name, func(t *testing.T) {
			m, cfg := tc.make(t)
			dir := filepath.Join(t.TempDir(), "model")
			must(t, savedmodel.Export(t.Context(), dir, m.session, cfg))
			sm, err := savedmodel.Read(dir)
			must(t, err)
			o := &writtenObjects{meta: sm.MetaGraphs[0], functions: map[string]*functionpb.FunctionDef{}}
			for _, f := range o.meta.GraphDef.Library.Function {
				if o.functions[f.Signature.Name] != nil {
					t.Errorf("two functions are called %s", f.Signature.Name)
				}
				o.functions[f.Signature.Name] = f
			}
			o.checkFunctions(t)
			o.checkSignatures(t)
			o.checkVariables(t, dir, tc)
		})
	}
}

type writtenObjects struct {
	meta      *pb.MetaGraphDef
	functions map[string]*functionpb.FunctionDef
}

func (o *writtenObjects) nodes() []*pb.SavedObject { return o.meta.ObjectGraphDef.Nodes }

// child finds an object by the names that lead to it.
func (o *writtenObjects) child(path ...string) *pb.SavedObject {
	at := o.nodes()[0]
	for _, name := range path {
		i := slices.IndexFunc(at.Children, func(c *pb.TrackableObjectGraph_TrackableObject_ObjectReference) bool { return c.LocalName == name })
		if i < 0 {
			return nil
		}
		at = o.nodes()[at.Children[i].NodeId]
	}
	return at
}

// checkFunctions: each one is in the library with all it calls, and takes the
// arguments and the objects that it is bound to.
func (o *writtenObjects) checkFunctions(t *testing.T) {
	for name, c := range o.meta.ObjectGraphDef.ConcreteFunctions {
		f := o.functions[name]
		if f == nil {
			t.Errorf("there is no function %s", name)
			continue
		}
		args := countSpecs(c.CanonicalizedInputSignature)
		if args+len(c.BoundInputs) != len(f.Signature.InputArg) {
			t.Errorf("%s takes %d values, %d are bound and %d arguments", name, len(f.Signature.InputArg), len(c.BoundInputs), args)
			continue
		}
		for i, id := range c.BoundInputs {
			if want, got := boundType(o.meta.GraphDef.Node, o.nodes()[id]), f.Signature.InputArg[args+i].Type; got != want {
				t.Errorf("%s: argument %d is %v, object %d gives %v", name, args+i, got, id, want)
			}
		}
		if n := countSpecs(c.OutputSignature); n != len(f.Signature.OutputArg) {
			t.Errorf("%s gives %d values, its signature has %d", name, len(f.Signature.OutputArg), n)
		}
	}
	for name, f := range o.functions {
		for _, n := range f.NodeDef {
			for _, a := range n.Attr {
				for _, callee := range append(a.GetList().GetFunc(), a.GetFunc()) {
					if callee != nil && o.functions[callee.Name] == nil {
						t.Errorf("%s calls %s, which is not there", name, callee.Name)
					}
				}
			}
		}
		checkInputs(t, f)
	}
}

// checkInputs: what a function's nodes take is there.
func checkInputs(t *testing.T, f *functionpb.FunctionDef) {
	there := map[string]bool{}
	for _, a := range f.Signature.InputArg {
		if there[a.Name] {
			t.Errorf("%s has two arguments %q", f.Signature.Name, a.Name)
		}
		there[a.Name] = true
	}
	for _, n := range f.NodeDef {
		if there[n.Name] {
			t.Errorf("%s: two things are called %q", f.Signature.Name, n.Name)
		}
		there[n.Name] = true
	}
	look := func(value string) {
		name, _, _ := strings.Cut(strings.TrimPrefix(value, "^"), ":")
		if !there[name] {
			t.Errorf("%s needs %s, which is not there", f.Signature.Name, value)
		}
	}
	for _, n := range f.NodeDef {
		for _, in := range n.Input {
			look(in)
		}
	}
	for _, r := range f.Ret {
		look(r)
	}
}

// boundType is the type of what Python binds for an object.
func boundType(nodes []*nodepb.NodeDef, o *pb.SavedObject) typespb.DataType {
	switch {
	case o.GetAsset() != nil:
		return typespb.DataType_DT_STRING
	case o.GetConstant() != nil:
		i := slices.IndexFunc(nodes, func(n *nodepb.NodeDef) bool { return n.Name == o.GetConstant().Operation })
		return nodes[i].Attr["dtype"].GetType()
	case o.GetVariable() != nil, o.GetResource() != nil:
		return typespb.DataType_DT_RESOURCE
	}
	return 0
}

// countSpecs counts the tensors of a structure.
func countSpecs(v *pb.StructuredValue) (n int) {
	if v.GetTensorSpecValue() != nil {
		return 1
	}
	for _, part := range v.GetTupleValue().GetValues() {
		n += countSpecs(part)
	}
	for _, part := range v.GetDictValue().GetFields() {
		n += countSpecs(part)
	}
	return n
}

// checkSignatures: each has a function of its own, that gives in the order of
// names what the graph gives.
func (o *writtenObjects) checkSignatures(t *testing.T) {
	used := map[string]string{}
	take := func(name, by string) {
		if used[name] != "" {
			t.Errorf("%s and %s are the same function: Python's loader sets it up once", used[name], by)
		}
		used[name] = by
	}
	for i, n := range o.nodes() {
		for _, name := range n.GetFunction().GetConcreteFunctions() {
			take(name, fmt.Sprint("object ", i))
		}
		if name := n.GetBareConcreteFunction().GetConcreteFunctionName(); name != "" {
			take(name, fmt.Sprint("object ", i))
		}
	}
	for _, s := range savedmodel.Signatures(o.meta) {
		bare := o.child("signatures", s.Key).GetBareConcreteFunction()
		f := o.functions[bare.GetConcreteFunctionName()]
		if f == nil {
			t.Errorf("signature %q has no function", s.Key)
			continue
		}
		keywords := slices.Clone(bare.ArgumentKeywords)
		slices.Sort(keywords)
		var names []string
		for _, in := range s.Inputs {
			names = append(names, in.Name)
		}
		if !slices.Equal(keywords, names) {
			t.Errorf("signature %q takes %v, want %v", s.Key, keywords, names)
		}
		for i, out := range s.Outputs {
			if got := f.Signature.OutputArg[i].Type; got != typespb.DataType(out.DType) {
				t.Errorf("signature %q: output %d is %v, want %v for %q", s.Key, i, got, out.DType, out.Name)
			}
		}
	}
}

// checkVariables: the lists, the flags, and a value in the checkpoint for each.
func (o *writtenObjects) checkVariables(t *testing.T, dir string, tc objectCase) {
	for list, want := range map[string]string{"trainable_variables": tc.trainable, "non_trainable_variables": tc.frozen} {
		l := o.child(list)
		var got, names []string
		for i := range l.Children {
			got = append(got, o.child(list, fmt.Sprint(i)).GetVariable().Name)
		}
		if want != "" {
			names = strings.Split(want, ",")
		}
		slices.Sort(got)
		slices.Sort(names)
		if !slices.Equal(got, names) {
			t.Errorf("%s %q, want %q", list, got, names)
		}
	}
	var objects []byte
	for _, n := range o.meta.GraphDef.Node {
		if strings.HasSuffix(n.Name, "/objects") {
			objects = n.Attr["value"].GetTensor().StringVal[0]
		}
	}
	read, err := checkpoint.Read(t.Context(), filepath.Join(dir, "variables", "variables"), tf.TensorSpec{Name: "_CHECKPOINTABLE_OBJECT_GRAPH", DType: tf.String})
	must(t, err)
	defer read[0].Close()
	if v, err := tf.Values[string](read[0]); err != nil || v[0] != string(objects) {
		t.Errorf("the checkpoint's objects differ from those that SaveV2 writes (%v)", err)
	}
}

// TestObjectAttributes: what is an attribute of the model in Python.
func TestObjectAttributes(t *testing.T) {
	for _, tc := range []struct {
		keys       []string
		want, none string
	}{
		{[]string{"serving_default"}, "serving_default serve __call__ _default_save_signature", ""},
		{[]string{"serving_default", "serve"}, "serving_default serve __call__", "_default_save_signature"},
		{[]string{"serving_default", "train"}, "serving_default serve train __call__ _default_save_signature", ""},
		{[]string{"infer", "train"}, "infer train", "serve __call__ _default_save_signature"},
		{[]string{"my key", "variables", "class", "_x"}, "variables/0", "serve"},
		{[]string{"w"}, "w serve w_1", ""}, // as the variable
	} {
		t.Run(strings.Join(tc.keys, ","), func(t *testing.T) {
			m, cfg := functionModel(t)
			e := cfg.Signatures[savedmodel.ServingDefault]
			cfg.Signatures = map[string]savedmodel.Endpoints{}
			for _, key := range tc.keys {
				cfg.Signatures[key] = e
			}
			dir := filepath.Join(t.TempDir(), "model")
			must(t, savedmodel.Export(t.Context(), dir, m.session, cfg))
			sm, err := savedmodel.Read(dir)
			must(t, err)
			o := &writtenObjects{meta: sm.MetaGraphs[0]}
			for _, name := range strings.Fields(tc.want) {
				if o.child(strings.Split(name, "/")...) == nil {
					t.Errorf("there is no %s", name)
				}
			}
			for _, name := range strings.Fields(tc.none) {
				if o.child(name) != nil {
					t.Errorf("there is %s", name)
				}
			}
		})
	}
}

// TestLargeConstant is written once, however many functions use it.
func TestLargeConstant(t *testing.T) {
	m, cfg := constantModel(t)
	cfg.Signatures["again"] = savedmodel.Endpoints{Inputs: map[string]tf.Output{"x": m.x}, Outputs: map[string]tf.Output{"z": m.y}}
	dir := filepath.Join(t.TempDir(), "model")
	must(t, savedmodel.Export(t.Context(), dir, m.session, cfg))
	sm, err := savedmodel.Read(dir)
	must(t, err)
	for _, f := range sm.MetaGraphs[0].GraphDef.Library.Function {
		for _, n := range f.NodeDef {
			if n.Op == "Const" && len(n.Attr["value"].GetTensor().GetTensorContent()) > 1000 {
				t.Errorf("function %s has a copy of %s", f.Signature.Name, n.Name)
			}
		}
	}
}

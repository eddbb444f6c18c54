package savedmodel

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
)

// metaOf makes a graph of lines such as "name Op in:0 ^control": all is of
// float32. Lines "out NAME TENSOR" and "in NAME TENSOR" are of one signature.
func metaOf(t *testing.T, lines string) *pb.MetaGraphDef {
	t.Helper()
	var graph, outs, ins strings.Builder
	for line := range strings.Lines(strings.TrimSpace(lines)) {
		words := strings.Fields(line)
		switch words[0] {
		case "out":
			fmt.Fprintf(&outs, "outputs { key: %q value { name: %q dtype: 101 } }\n", words[1], words[2])
			continue
		case "in":
			fmt.Fprintf(&ins, "inputs { key: %q value { name: %q dtype: 1 } }\n", words[1], words[2])
			continue
		}
		fmt.Fprintf(&graph, "node { name: %q op: %q ", words[0], words[1])
		for _, in := range words[2:] {
			fmt.Fprintf(&graph, "input: %q ", in)
		}
		attr := `attr { key: "T" value { type: DT_FLOAT } } `
		if words[1] == "VariableV2" || words[1] == "Variable" {
			attr = `attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "shape" value { shape {} } } `
		}
		graph.WriteString(attr + "}\n")
	}
	meta := &pb.MetaGraphDef{}
	text := fmt.Sprintf("graph_def { %s } signature_def { key: \"f\" value { %s %s } }", &graph, &outs, &ins)
	text = strings.ReplaceAll(text, "dtype: 101", "dtype: DT_FLOAT_REF")
	text = strings.ReplaceAll(text, "dtype: 1 ", "dtype: DT_FLOAT ")
	if err := prototext.Unmarshal([]byte(text), meta); err != nil {
		t.Fatal(err)
	}
	return meta
}

// linesOf is the other way round, with the results of the signature.
func linesOf(meta *pb.MetaGraphDef) (out []string) {
	for _, n := range meta.GetGraphDef().GetNode() {
		out = append(out, strings.Join(append([]string{n.GetName(), n.GetOp()}, n.GetInput()...), " "))
	}
	outs := meta.GetSignatureDef()["f"].GetOutputs()
	for _, name := range slices.Sorted(maps.Keys(outs)) {
		out = append(out, fmt.Sprintf("out %s %s %v", name, outs[name].GetName(), tf.DType(outs[name].GetDtype())))
	}
	return out
}

func TestWithHandles(t *testing.T) {
	for name, tc := range map[string]struct{ graph, want string }{
		"updates": {`
			w VariableV2
			v Const
			w/Assign Assign w v
			w/read Identity w
			x Placeholder
			y MatMul x w/read
			step AssignAdd w:0 y ^x
			chain ApplyGradientDescent step x x
			set IsVariableInitialized w
			wait NoOp ^w ^chain
			out y y:0
		`, `
			w/handle VarHandleOp
			w ReadVariableOp w/handle
			v Const
			w/Assign/write AssignVariableOp w/handle v
			w/Assign ReadVariableOp w/handle ^w/Assign/write
			w/read Identity w
			x Placeholder
			y MatMul x w/read
			step/write AssignAddVariableOp w/handle y ^x
			step ReadVariableOp w/handle ^step/write
			chain/write ResourceApplyGradientDescent w/handle x x ^step
			chain ReadVariableOp w/handle ^chain/write
			set VarIsInitializedOp w/handle
			wait NoOp ^w/handle ^chain
			out y y:0 float32_ref
		`},
		"read after an update": {`
			w VariableV2
			w/read Identity w
			one Const
			add AssignAdd w one
			y Mul w/read w/read one ^add
			z Mul w/read one
			out add add:0
			out w w/read:0
		`, `
			w/read/result ReadVariableOp w/handle ^add
			y/read ReadVariableOp w/handle ^add
			w/handle VarHandleOp
			w ReadVariableOp w/handle
			w/read Identity w
			one Const
			add/write AssignAddVariableOp w/handle one
			add ReadVariableOp w/handle ^add/write
			y Mul y/read y/read one ^add
			z Mul w/read one
			out add add:0 float32
			out w w/read/result:0 float32_ref
		`},
		"branch": {`
			w VariableV2
			p Placeholder
			w/Switch RefSwitch w p
			one Const
			sub AssignSub w/Switch:1 one
			old Identity w/Switch
			m Merge old sub
			y Mul m one
			out y y:0
		`, `
			w/Switch/value ReadVariableOp w/Switch:0
			w/handle VarHandleOp
			w ReadVariableOp w/handle
			p Placeholder
			w/Switch Switch w/handle p
			one Const
			sub/write AssignSubVariableOp w/Switch:1 one
			sub ReadVariableOp w/Switch:1 ^sub/write
			old Identity w/Switch/value
			m Merge old sub
			y Mul m one
			out y y:0 float32_ref
		`},
		"in a branch since before an update": {`
			w VariableV2
			w/read Identity w
			p Placeholder
			sw Switch w/read p
			one Const
			add AssignAdd w one
			y Mul sw:1 one ^add
			z Neg sw:1
		`, `
			sw/handle Switch w/handle p
			y/read ReadVariableOp sw/handle:1 ^add
			w/handle VarHandleOp
			w ReadVariableOp w/handle
			w/read Identity w
			p Placeholder
			sw Switch w/read p
			one Const
			add/write AssignAddVariableOp w/handle one
			add ReadVariableOp w/handle ^add/write
			y Mul y/read one ^add
			z Neg sw:1
		`},
		"one stays": {`
			a VariableV2
			b VariableV2
			m VariableV2
			w VariableV2
			r RefMerge a b
			x Const
			s ApplyMomentum b m x x x
			y Add w r
		`, `
			a VariableV2
			b VariableV2
			m VariableV2
			w/handle VarHandleOp
			w ReadVariableOp w/handle
			r RefMerge a b
			x Const
			s ApplyMomentum b m x x x
			y Add w r
		`},
		"a part that changed":      {"w VariableV2\nc Const\na AssignAdd w c\nr Reshape w c\ny Neg r ^a", ""},
		"fed":                      {"w VariableV2\nw/read Identity w\ny Neg w/read\nin w w/read:0\nout y y:0", ""},
		"no variables":             {"x Placeholder\ny Neg x", ""},
		"two of a name":            {"w VariableV2\nw VariableV2", ""},
		"an update of nothing":     {"w VariableV2\nc Const\na Assign c w", "w/handle VarHandleOp\nw ReadVariableOp w/handle\nc Const\na Assign c w"},
		"an update in a circle":    {"w VariableV2\na Assign a w\nb AssignAdd b b", "w/handle VarHandleOp\nw ReadVariableOp w/handle\na Assign a w\nb AssignAdd b b"},
		"an update without inputs": {"w VariableV2\na ApplyAdam w", ""},
	} {
		t.Run(name, func(t *testing.T) {
			meta := metaOf(t, tc.graph)
			before := proto.CloneOf(meta)
			got, handles := withHandles(meta)
			var want []string
			for line := range strings.Lines(strings.TrimSpace(tc.want)) {
				want = append(want, strings.TrimSpace(line))
			}
			if lines := linesOf(got); strings.Join(lines, "\n") != strings.Join(want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
			}
			if !proto.Equal(meta, before) {
				t.Error("the given model changed")
			}
			if got != nil && handles["w/handle"] != "w" {
				t.Errorf("handles %v", handles)
			}
		})
	}
}

// TestWithHandlesAny changes graphs of any form: none is left with a name twice,
// an input that is not there, or a reference for a handle.
func TestWithHandlesAny(t *testing.T) {
	ops := []string{"VariableV2", "VariableV2", "Variable", "Assign", "AssignAdd", "ApplyAdam", "ScatterAdd", "CountUpTo", "IsVariableInitialized",
		"RefIdentity", "RefSwitch", "RefEnter", "RefMerge", "Identity", "Switch", "Merge", "Enter", "NextIteration", "Reshape", "Mul", "NoOp", "Const"}
	converted := 0
	for seed := range uint64(3000) {
		random := rand.New(rand.NewPCG(seed, 1))
		var graph strings.Builder
		n := 2 + random.IntN(14)
		for i := range n {
			fmt.Fprintf(&graph, "n%d %s", i, ops[random.IntN(len(ops))])
			for range random.IntN(5) {
				at := random.IntN(n) // mostly what was before
				if i > 0 && random.IntN(8) > 0 {
					at = random.IntN(i)
				}
				fmt.Fprintf(&graph, " %sn%d", []string{"", "", "", "^"}[random.IntN(4)], at)
				if random.IntN(6) == 0 && !strings.HasSuffix(graph.String(), fmt.Sprint("^n", at)) {
					graph.WriteString(":1")
				}
			}
			graph.WriteString("\n")
		}
		fmt.Fprintf(&graph, "out a n%d:0\nout b n%d\n", random.IntN(n), random.IntN(n))
		got, _ := withHandles(metaOf(t, graph.String()))
		if got == nil {
			continue
		}
		converted++
		nodes := byName(got.GetGraphDef().GetNode())
		if len(nodes) != len(got.GetGraphDef().GetNode()) {
			t.Fatalf("%d: a name twice in\n%s\nof\n%s", seed, strings.Join(linesOf(got), "\n"), &graph)
		}
		for _, n := range nodes {
			for i, in := range n.GetInput() {
				from := nodes[nodeOf(in)]
				if strings.HasSuffix(in, ":1") && from.GetOp() == "Enter" {
					continue // which has one result
				}
				if from == nil {
					t.Fatalf("%d: no %q in\n%s\nof\n%s", seed, in, strings.Join(linesOf(got), "\n"), &graph)
				}
				handle := i == 0 && (strings.Contains(n.GetOp(), "VariableOp") || n.GetOp() == "VarIsInitializedOp" || strings.HasPrefix(n.GetOp(), "Resource"))
				if gives := from.GetOp() == "VarHandleOp" || from.GetAttr()["T"].GetType() == typespb.DataType_DT_RESOURCE; handle != gives && in[0] != '^' &&
					n.GetAttr()["T"].GetType() != typespb.DataType_DT_RESOURCE && !(gives && n.GetOp() == "ResourceApplyAdam" && i < 3) {
					t.Fatalf("%d: %s takes %q in\n%s\nof\n%s", seed, n.GetName(), in, strings.Join(linesOf(got), "\n"), &graph)
				}
			}
		}
	}
	if converted < 300 {
		t.Errorf("%d graphs were changed", converted)
	}
}

// TestReferenceAttributes checks what a handle and an update say of themselves.
func TestReferenceAttributes(t *testing.T) {
	meta := metaOf(t, "w VariableV2\nold Variable\nc Const\nset Assign w c\nadd ScatterAdd old c c\nnd ScatterNdAdd w c c")
	set := meta.GraphDef.Node[0]
	set.Device = "/cpu:0"
	set.Attr["_class"], set.Attr["_output_shapes"] = typeAttr(tf.Float32), typeAttr(tf.Float32)
	got, _ := withHandles(meta)
	nodes := byName(got.GetGraphDef().GetNode())
	for name, want := range map[string]string{
		"w/handle":   "_class container dtype shape shared_name",
		"set/write":  "dtype validate_shape",
		"add/write":  "dtype",
		"nd/write":   "T",
		"old/handle": "container dtype shape shared_name",
	} {
		if keys := strings.Join(sortedKeys(nodes[name].GetAttr()), " "); keys != want {
			t.Errorf("%s has %q, want %q", name, keys, want)
		}
	}
	if h := nodes["w/handle"]; h.GetDevice() != "/cpu:0" || string(h.Attr["shared_name"].GetS()) != "w/handle" {
		t.Errorf("handle %v", h)
	}
	if !nodes["set/write"].Attr["validate_shape"].GetB() {
		t.Error("an update of another shape is let through")
	}
	if w, old := nodes["w/handle"].Attr["shape"].GetShape(), nodes["old/handle"].Attr["shape"].GetShape(); w.GetUnknownRank() || !old.GetUnknownRank() {
		t.Errorf("shapes %v, %v", w, old)
	}
}

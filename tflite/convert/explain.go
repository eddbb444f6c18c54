package convert

import (
	"regexp"
	"slices"
	"strings"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/tf"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
)

// noise is what the converter's words carry of its own insides.
var noise = regexp.MustCompile(`<unknown>:\d+: |loc\([^\n]*?\): |\[\[.*\]\]`)

// redefined is what the converter says of two things with one name.
var redefined = regexp.MustCompile(`redefinition of symbol named '([^']*)'`)

// mostWords bounds the converter's own words in an error.
const mostWords = 400

// explain makes one line of what the converter said.
func (p *plan) explain(st ctf.Status) error {
	code := tf.Code(st.Code)
	if code == tf.Unimplemented {
		return errorf(p.op, code, "%s (TensorFlow %s)", st.Message, p.version)
	}
	if lacks := unsupported(st.Message); len(lacks) > 0 {
		return &UnsupportedError{Dir: p.dir, Ops: lacks}
	}
	if code == tf.OutOfRange || code == tf.DataLoss {
		return errorf(p.op, tf.DataLoss, "the values of the variables are cut short or damaged")
	}
	if m := redefined.FindStringSubmatch(st.Message); m != nil && slices.Contains(p.Signatures, m[1]) {
		return errorf(p.op, tf.Unimplemented, "signature %q has the name of a variable, which the converter mixes up: save the model with another key for it, or convert only other signatures with Signatures (--saved-model-signature-key)", m[1])
	}
	if strings.Contains(st.Message, "Failed to functionalize Control Flow V1") {
		return errorf(p.op, tf.Unimplemented, "the graph has loops or branches of TensorFlow 1 (Switch, Merge, Enter) that do not become functions; write it with tf.compat.v1.enable_control_flow_v2()")
	}
	open := strings.Contains(st.Message, "requires element_shape to be static")
	if open || strings.Contains(st.Message, "Variable constant folding is failed") {
		if lists := p.nodes("TensorListReserve", "TensorListFromTensor"); len(lists) > 0 {
			return errorf(p.op, tf.Unimplemented, "TFLite's lists of tensors need a shape that is known in advance (%s): save it with a signature of fixed dimensions (a tf.function with input_signature; Keras's export leaves the batch open), set unroll=True in its recurrent layers, or SelectTFOps (--select-tf-ops) takes TensorFlow's kernels",
				UnsupportedOp{Op: "TensorList", Layers: lists})
		}
		return errorf(p.op, tf.Unimplemented, "the variables of the model cannot be made constants")
	}
	if p.NoResourceVariables && strings.Contains(st.Message, "is not immutable") {
		return errorf(p.op, tf.Unimplemented, "the model changes its variables, which NoResourceVariables (--enable-resource-variables=false) rules out")
	}
	return errorf(p.op, code, "%s", words(st.Message))
}

// nodes names the graph's operations of these types.
func (p *plan) nodes(types ...string) (names []string) {
	add := func(list []*nodepb.NodeDef) {
		for _, n := range list {
			if slices.Contains(types, n.GetOp()) && !slices.Contains(names, n.GetName()) {
				names = append(names, n.GetName())
			}
		}
	}
	add(p.graph.GetGraphDef().GetNode())
	for _, f := range p.graph.GetGraphDef().GetLibrary().GetFunction() {
		add(f.GetNodeDef())
	}
	return names
}

// words makes a short line of a message of the library.
func words(message string) string {
	text := strings.Join(strings.Fields(noise.ReplaceAllString(message, " ")), " ")
	if len(text) > mostWords {
		text = strings.ToValidUTF8(text[:mostWords], "") + "..."
	}
	return text
}

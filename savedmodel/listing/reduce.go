package listing

import "google.golang.org/protobuf/encoding/protowire"

// Of a large model's file most is what is never listed: constants, shapes, the
// inputs of nodes. reduce leaves these out before the file is parsed, which makes
// that several times faster.

// plan says what stays of the fields of a message: those not in it are dropped.
type plan map[protowire.Number]rule

// rule is for one field: it stays as it is, if keep (where there is one) says so,
// or it is a message with a plan of its own.
type rule struct {
	keep  func(value []byte) bool
	inner plan
}

var (
	modelPlan = plan{1: {}, 2: {inner: metaGraphPlan}}
	// meta_info_def, graph_def, signature_def, asset_file_def, object_graph_def
	metaGraphPlan = plan{1: {inner: plan{1: {}, 4: {}, 5: {}}}, 2: {inner: graphPlan}, 5: {}, 6: {}, 7: {}}
	graphPlan     = plan{1: {inner: nodePlan}, 2: {inner: libraryPlan}}
	libraryPlan   = plan{1: {inner: functionPlan}, 3: {}} // and registered gradients
	functionPlan  = plan{1: {}, 3: {inner: nodePlan}}     // signature and nodes
	nodePlan      = plan{2: {}, 5: {keep: usedAttr}}      // op and attr
)

// reduce rewrites a message by the plan; ok is false if it is damaged.
func (p plan) reduce(message []byte) (out []byte, ok bool) {
	out = make([]byte, 0, len(message)/4)
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return nil, false
		}
		size := protowire.ConsumeFieldValue(number, kind, message[n:])
		if size < 0 {
			return nil, false
		}
		field, value := message[:n+size], message[n:n+size]
		message = message[n+size:]
		r, used := p[number]
		if !used {
			continue
		}
		if kind != protowire.BytesType {
			out = append(out, field...)
			continue
		}
		inner, _ := protowire.ConsumeBytes(value)
		if r.keep != nil && !r.keep(inner) {
			continue
		}
		if r.inner != nil {
			if inner, ok = r.inner.reduce(inner); !ok {
				return nil, false
			}
		}
		out = protowire.AppendBytes(protowire.AppendTag(out, number, kind), inner)
	}
	return out, true
}

// The fields of AttrValue, and of its list, that are used.
const (
	attrList, attrText, attrInt, attrBool, attrFunc = 1, 2, 3, 5, 10
	listType, listFunc                              = 6, 9
)

// usedAttr keeps an entry of a node's attributes that says how many results the
// node has, or names a function or gradient.
func usedAttr(entry []byte) (used bool) {
	var key string
	eachField(entry, func(number protowire.Number, value []byte) {
		if number == 1 {
			key = string(value)
			return
		}
		eachField(value, func(number protowire.Number, value []byte) {
			switch number {
			case attrInt, attrFunc:
				used = true
			case attrText:
				used = used || key == "_gradient_op_type"
			case attrBool:
				used = used || key == "use_node_name_sharing"
			case attrList:
				eachField(value, func(number protowire.Number, _ []byte) {
					used = used || number == listType || number == listFunc
				})
			}
		})
	})
	return used
}

// eachField visits the fields of a message, with the value of those of bytes.
func eachField(message []byte, visit func(protowire.Number, []byte)) {
	for len(message) > 0 {
		number, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return
		}
		size := protowire.ConsumeFieldValue(number, kind, message[n:])
		if size < 0 {
			return
		}
		var value []byte
		if kind == protowire.BytesType {
			value, _ = protowire.ConsumeBytes(message[n:])
		}
		visit(number, value)
		message = message[n+size:]
	}
}

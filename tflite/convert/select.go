package convert

import (
	"slices"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// read finds in the model what the converter would fail on without saying so, or
// get wrong, and the signatures to convert.
func (p *plan) read() error {
	m, err := savedmodel.Read(p.dir)
	if err != nil {
		return err
	}
	p.graph, err = savedmodel.MetaGraph(m, p.Tags...)
	if err != nil {
		return err
	}
	if err := savedmodel.Check(p.dir, p.graph); err != nil {
		return err
	}
	if writes := savedmodel.LoadFileWrites(p.graph); len(writes) > 0 { // the converter loads the model
		return errorf(p.op, tf.PermissionDenied, "the model writes files when it is only loaded, by %v", writes[0])
	}
	signatures := savedmodel.Signatures(p.graph)
	for i, key := range p.Signatures {
		if !has(signatures, key) {
			return savedmodel.NoSignature(p.op, key, signatures)
		}
		if slices.Contains(p.Signatures[:i], key) {
			return errorf(p.op, tf.InvalidArgument, "signature %q is named twice", key)
		}
	}
	if len(signatures) == 0 {
		return savedmodel.NoSignature(p.op, savedmodel.ServingDefault, nil)
	}
	if len(p.Signatures) == 0 {
		p.Signatures, p.twice = chosen(p.graph, signatures)
	}
	return nil
}

// chosen are the signatures that Python converts when none is named, in its
// order, which shows in the result; twice says that it leaves others out, as the
// same.
func chosen(g *pb.MetaGraphDef, signatures []savedmodel.Signature) (keys []string, twice bool) {
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
		return []string{savedmodel.ServingDefault}, true
	}
	return keys, false
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

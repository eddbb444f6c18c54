package bundle

import (
	"github.com/gotf/gotf/tf"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// GraphName is the name of the value that holds the graph of objects.
const GraphName = "_CHECKPOINTABLE_OBJECT_GRAPH"

// Object is one of the objects that Python's tf.train.Checkpoint stored: a
// variable, a layer, an optimizer, the checkpoint itself.
type Object struct {
	Path       string // attributes that lead to it from the root, such as "model/layer-0/kernel"; "" is the root
	Children   []Child
	Attributes []Attribute
	Slots      []Slot
}

// Child is an object that another one refers to by an attribute.
type Child struct {
	Name   string
	Object int // its place in the list of objects
}

// Attribute is a value that belongs to an object.
type Attribute struct {
	Name     string // such as "VARIABLE_VALUE"
	FullName string // the variable's name in Python, such as "dense/kernel"
	Key      string // the name of the value in the checkpoint
}

// Slot is a variable that an optimizer keeps for another one.
type Slot struct {
	Name             string // such as "momentum"
	Original, Object int    // places in the list of objects
}

// Objects lists the objects that the checkpoint holds, the nearest to the root
// first; that is the first. An object with several paths has the shortest. The
// error is NotFound if the checkpoint holds only names and values.
func (r *Reader) Objects() ([]Object, error) {
	if !r.Has(GraphName) {
		return nil, fail("read", r.prefix, tf.Errorf("", tf.NotFound, "it holds values by name and no objects"))
	}
	raw, _, err := Values[string](r, GraphName)
	if err != nil {
		return nil, err
	}
	g := &pb.TrackableObjectGraph{}
	if len(raw) != 1 || proto.Unmarshal([]byte(raw[0]), g) != nil || len(g.GetNodes()) == 0 {
		return nil, fail("read", r.prefix, damaged("the graph of its objects is damaged"))
	}
	out, err := objects(g)
	return out, fail("read", r.prefix, err)
}

// objects walks from the root, breadth first.
func objects(g *pb.TrackableObjectGraph) ([]Object, error) {
	nodes := g.GetNodes()
	place := map[int32]int{0: 0} // in the result
	order, out := []int32{0}, []Object{{}}
	budget := 1 << 24 // bytes of paths, which a graph made for it could have many of
	visit := func(id int32, path string) (int, error) {
		if id < 0 || int(id) >= len(nodes) {
			return 0, damaged("the graph of its objects names object %d of %d", id, len(nodes))
		}
		at, known := place[id]
		if !known {
			if budget -= len(path); budget < 0 {
				return 0, damaged("the paths of its objects are too long")
			}
			at = len(out)
			place[id], order, out = at, append(order, id), append(out, Object{Path: path})
		}
		return at, nil
	}
	for i := 0; i < len(order); i++ {
		n, path := nodes[order[i]], out[i].Path
		for _, c := range n.GetChildren() {
			at, err := visit(c.GetNodeId(), under(path, c.GetLocalName()))
			if err != nil {
				return nil, err
			}
			out[i].Children = append(out[i].Children, Child{c.GetLocalName(), at})
		}
		for _, a := range n.GetAttributes() {
			out[i].Attributes = append(out[i].Attributes, Attribute{a.GetName(), a.GetFullName(), a.GetCheckpointKey()})
		}
	}
	for i := 0; i < len(order); i++ { // slots are not children: only slots lead to them
		for _, s := range nodes[order[i]].GetSlotVariables() {
			original, err := visit(s.GetOriginalVariableNodeId(), "")
			if err != nil {
				return nil, err
			}
			path := under(out[i].Path, s.GetSlotName()) + "/" + out[original].Path
			at, err := visit(s.GetSlotVariableNodeId(), path)
			if err != nil {
				return nil, err
			}
			out[i].Slots = append(out[i].Slots, Slot{s.GetSlotName(), original, at})
			if n := nodes[order[at]]; len(out[at].Attributes) == 0 {
				for _, a := range n.GetAttributes() {
					out[at].Attributes = append(out[at].Attributes, Attribute{a.GetName(), a.GetFullName(), a.GetCheckpointKey()})
				}
			}
		}
	}
	return out, nil
}

func under(path, name string) string {
	if path == "" {
		return name
	}
	return path + "/" + name
}

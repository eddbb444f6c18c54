package savedmodel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/checkpoint"
	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	tensorpb "github.com/wamuir/graft/tensorflow/core/framework/tensor_go_proto"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	variablepb "github.com/wamuir/graft/tensorflow/core/framework/variable_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// addSaver adds the operations that save and restore the variables. Loaders run
// them: the session loader, and the TFLite converter, which without them takes
// all weights for zero.
//
// Sessions and Python restore from the same values: the keys are those of the
// object graph, which goes into the checkpoint too.
func (p *part) addSaver(objects savedObjects) *pb.SaverDef {
	save := p.unusedScope("save")
	p.save = save
	types, reads := &attrpb.AttrValue_ListValue{}, []string{}
	for _, v := range p.variables {
		types.Type = append(types.Type, typespb.DataType(v.read.DType()))
		reads = append(reads, v.read.Op().Name())
	}
	keys := append(p.keys(), objectGraphKey)
	saved := &attrpb.AttrValue_ListValue{Type: append(slices.Clone(types.Type), typespb.DataType_DT_STRING)}
	tracked := p.add(save+"/objects", "Const", nil, constantAttrs(stringScalar(objects)))
	dtypes := map[string]*attrpb.AttrValue{"dtypes": {Value: &attrpb.AttrValue_List{List: types}}}
	file := p.add(save+"/Const", "Placeholder", nil, map[string]*attrpb.AttrValue{
		"dtype": typeAttr(tf.String), "shape": {Value: &attrpb.AttrValue_Shape{Shape: tf.Shape{}.Proto()}},
	})
	p.add(save+"/SaveV2", "SaveV2", append(append(p.checkpointArgs(save, file, keys), reads...), tracked),
		map[string]*attrpb.AttrValue{"dtypes": {Value: &attrpb.AttrValue_List{List: saved}}})
	p.add(save+"/control_dependency", "Identity", []string{file, "^" + save + "/SaveV2"}, map[string]*attrpb.AttrValue{"T": typeAttr(tf.String)})
	if len(reads) > 0 {
		p.add(save+"/RestoreV2", "RestoreV2", p.checkpointArgs(save+"/restore", file, p.keys()), dtypes)
	}
	assigns := make([]string, len(p.variables))
	for i, v := range p.variables {
		assigns[i] = "^" + p.add(p.assign(i), "AssignVariableOp", []string{v.node, p.restored(i)},
			map[string]*attrpb.AttrValue{"dtype": typeAttr(v.read.DType())})
	}
	p.add(save+"/restore_all", "NoOp", assigns, nil)
	return &pb.SaverDef{
		FilenameTensorName: file + ":0", SaveTensorName: save + "/control_dependency:0", RestoreOpName: save + "/restore_all",
		MaxToKeep: 5, KeepCheckpointEveryNHours: 10000, Version: pb.SaverDef_V2,
	}
}

// checkpointArgs are the file and the constants that say what is in it.
func (p *part) checkpointArgs(scope, file string, keys []string) []string {
	return []string{file, p.strings(scope+"/tensor_names", keys), p.strings(scope+"/shape_and_slices", make([]string, len(keys)))}
}

// assign is the operation that restores variable i.
func (p *part) assign(i int) string { return fmt.Sprintf("%s/Assign_%d", p.save, i) }

// restored is the value read for variable i.
func (p *part) restored(i int) string { return fmt.Sprintf("%s/RestoreV2:%d", p.save, i) }

// unusedScope is name, or name_1, name_2 ... if nodes have such a prefix.
func (p *part) unusedScope(name string) string {
	taken := map[string]bool{}
	for n := range p.nodes {
		scope, _, _ := strings.Cut(n, "/")
		taken[scope] = true
	}
	free := name
	for i := 1; taken[free]; i++ {
		free = fmt.Sprintf("%s_%d", name, i)
	}
	return free
}

// strings adds a constant vector.
func (p *part) strings(name string, values []string) string {
	t := &tensorpb.TensorProto{Dtype: typespb.DataType_DT_STRING, TensorShape: tf.Shape{int64(len(values))}.Proto()}
	for _, v := range values {
		t.StringVal = append(t.StringVal, []byte(v))
	}
	return p.add(name, "Const", nil, map[string]*attrpb.AttrValue{
		"dtype": typeAttr(tf.String), "value": {Value: &attrpb.AttrValue_Tensor{Tensor: t}},
	})
}

// collections tell Python's loader which variables there are.
func (p *part) collections() map[string]*pb.CollectionDef {
	if len(p.variables) == 0 {
		return nil
	}
	var all, trainable [][]byte
	for i, v := range p.variables {
		def, err := proto.MarshalOptions{Deterministic: true}.Marshal(&variablepb.VariableDef{
			VariableName: v.node + ":0", InitializerName: p.assign(i), InitialValueName: p.restored(i),
			SnapshotName: v.read.Name(), IsResource: true, Trainable: !v.Frozen,
		})
		if err != nil {
			continue // a message of strings always marshals
		}
		all = append(all, def)
		if !v.Frozen {
			trainable = append(trainable, def)
		}
	}
	list := func(b [][]byte) *pb.CollectionDef {
		return &pb.CollectionDef{Kind: &pb.CollectionDef_BytesList_{BytesList: &pb.CollectionDef_BytesList{Value: b}}}
	}
	c := map[string]*pb.CollectionDef{"variables": list(all)}
	if len(trainable) > 0 {
		c["trainable_variables"] = list(trainable)
	}
	return c
}

// saveVariables writes a checkpoint.
func saveVariables(ctx context.Context, op, prefix string, keys []string, values []*tf.Tensor) error {
	entries := make([]checkpoint.Entry, len(keys))
	for i, key := range keys {
		entries[i] = checkpoint.Entry{Key: key, Value: values[i]}
	}
	if err := checkpoint.Write(ctx, prefix, entries); err != nil {
		return saveError(op, err)
	}
	return ctx.Err()
}

// saveError leaves out the name of a temporary file, which comes first.
func saveError(op string, err error) error {
	var e *tf.Error
	if !errors.As(err, &e) {
		return fmt.Errorf("savedmodel: %s: %w", op, err)
	}
	_, why, ok := strings.Cut(e.Message, "; ")
	if !ok {
		why = e.Message
	}
	return errorf(op, e.Code, "write the variables: %s", why)
}

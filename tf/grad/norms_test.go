package grad_test

import (
	"fmt"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	versionspb "github.com/wamuir/graft/tensorflow/core/framework/versions_go_proto"
)

// TestGlobalNorm differentiates an operation that only old graphs may have.
func TestGlobalNorm(t *testing.T) {
	for _, scaled := range []bool{false, true} {
		t.Run(fmt.Sprint(scaled), func(t *testing.T) {
			names := []string{"x", "mean", "variance", "beta", "gamma"}
			def := &graphpb.GraphDef{
				Versions: &versionspb.VersionDef{Producer: 8},
				Node: []*nodepb.NodeDef{{Name: "old", Op: "BatchNormWithGlobalNormalization", Input: names, Attr: map[string]*attrpb.AttrValue{
					"T":                         {Value: &attrpb.AttrValue_Type{Type: typespb.DataType_DT_DOUBLE}},
					"variance_epsilon":          {Value: &attrpb.AttrValue_F{F: 0.25}},
					"scale_after_normalization": {Value: &attrpb.AttrValue_B{B: scaled}},
				}}},
			}
			for _, name := range names { // the graph's own values stand in for them
				def.Node = append(def.Node, &nodepb.NodeDef{Name: name, Op: "Placeholder", Attr: map[string]*attrpb.AttrValue{
					"dtype": {Value: &attrpb.AttrValue_Type{Type: typespb.DataType_DT_DOUBLE}},
				}})
			}
			f := func(s *tf.Scope, xs []tf.Output) tf.Output {
				from := make(map[string]tf.Output)
				for i, name := range names {
					from[name+":0"] = xs[i]
				}
				from["variance:0"] = op.Square(s, xs[2])
				outs, err := s.Graph().Import(def, &tf.ImportOptions{InputMap: from, Returns: []string{"old:0"}})
				if err != nil {
					t.Fatal(err)
				}
				return outs[0]
			}
			c := opCase{in: [][]int64{{1, 2, 2, 3}, {3}, {3}, {3}, {3}}, f: f, noSecond: true}
			c.check(t, graphLab(t))
			c.f = derivative(f)
			c.check(t, graphLab(t))
		})
	}
}

// TestBatchNormAverages checks the mean and variance outputs, whose gradients
// Python leaves out.
func TestBatchNormAverages(t *testing.T) {
	type S = *tf.Scope
	type X = []tf.Output
	scale := func(s S) tf.Output { return tf.Const(s, []float32{1, 2}) }
	no, half := false, float32(0.25)
	for name, c := range map[string]struct {
		attrs *op.FusedBatchNormV3Attrs
		shape tf.Shape
	}{
		"training":       {nil, tf.Shape{2, 3, 1, 2}},
		"moving":         {&op.FusedBatchNormV3Attrs{ExponentialAvgFactor: &half}, tf.Shape{2, 3, 1, 2}},
		"channels first": {&op.FusedBatchNormV3Attrs{ExponentialAvgFactor: &half, DataFormat: "NCHW"}, tf.Shape{2, 2, 3, 1}},
		"inference":      {&op.FusedBatchNormV3Attrs{IsTraining: &no}, tf.Shape{2, 3, 1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			checkSingle(t, func(s S, x X) tf.Output {
				mean, variance := x[1], op.AddV2(s, x[2], tf.ConstScalar(s, float32(1)))
				if c.attrs == nil {
					mean, variance = tf.Const(s, []float32{}), tf.Const(s, []float32{})
				}
				y, m, v, _, _, _ := op.FusedBatchNormV3(s, times(s, x[0], 4), scale(s), scale(s), mean, variance, c.attrs)
				flat := op.Reshape(s, y, tf.Const(s, []int32{-1}))
				return op.ConcatV2(s, []tf.Output{m, v, flat, op.Add(s, x[1], x[2])}, axis(s, 0))
			}, c.shape, tf.Shape{2}, tf.Shape{2})
		})
	}
}

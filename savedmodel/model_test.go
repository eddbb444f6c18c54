package savedmodel_test

import (
	"context"
	"os"
	"testing"

	"github.com/gotf/gotf/internal/damage"
	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

func TestMain(m *testing.M) {
	damage.Main(loadAndCall)
	os.Exit(leaktest.Main(m))
}

// graphModel is a model in a session, to be exported.
type graphModel struct {
	graph   *tf.Graph
	scope   *tf.Scope
	session *tf.Session
	x, y    tf.Output
	vars    []*tf.Variable
	inits   []tf.Output
}

func newModel(t testing.TB) *graphModel {
	g, err := tf.NewGraph()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	return &graphModel{graph: g, scope: g.Scope()}
}

// weight is a variable with small values that depend on its name only.
func (m *graphModel) weight(name string, shape ...int64) tf.Output {
	v := tf.NewVariable(m.scope, name, tf.Float32, shape)
	s := m.scope.Sub("init")
	seed := tf.Const(s, []int64{int64(len(m.vars)), 7})
	m.inits = append(m.inits, v.Assign(s, op.Mul(s, tf.ConstScalar(s, float32(0.1)),
		op.StatelessRandomNormal(s, tf.Const(s, shape), seed, nil))))
	m.vars = append(m.vars, v)
	return v.Read(m.scope)
}

func (m *graphModel) dense(x tf.Output, name string, in, out int64) tf.Output {
	return op.BiasAdd(m.scope, op.MatMul(m.scope, x, m.weight(name+"/kernel", in, out), nil), m.weight(name+"/bias", out), nil)
}

// start opens the session and gives the variables their values.
func (m *graphModel) start(t testing.TB) *graphModel {
	t.Helper()
	if err := m.scope.Err(); err != nil {
		t.Fatal(err)
	}
	var err error
	if m.session, err = tf.NewSession(m.graph, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.session.Close() })
	if len(m.inits) == 0 {
		return m
	}
	if _, err := m.session.Run(context.Background(), nil, nil, m.inits...); err != nil {
		t.Fatal(err)
	}
	return m
}

// newMLP is 784-128-10.
func newMLP(t testing.TB) *graphModel {
	m := newModel(t)
	m.x = tf.Placeholder(m.scope.Named("x"), tf.Float32, tf.Shape{-1, 784})
	h := op.Relu(m.scope, m.dense(m.x, "dense", 784, 128))
	m.y = op.Softmax(m.scope, m.dense(h, "dense_1", 128, 10))
	return m.start(t)
}

// newCNN is conv32-pool-conv64-pool-dense128-dense10 on 28x28.
func newCNN(t testing.TB) *graphModel {
	m := newModel(t)
	s := m.scope
	m.x = tf.Placeholder(s.Named("image"), tf.Float32, tf.Shape{-1, 28, 28, 1})
	conv := func(x tf.Output, name string, in, out int64) tf.Output {
		y := op.Conv2D(s, x, m.weight(name+"/kernel", 3, 3, in, out), []int64{1, 1, 1, 1}, "VALID", nil)
		y = op.Relu(s, op.BiasAdd(s, y, m.weight(name+"/bias", out), nil))
		return op.MaxPool(s, y, []int64{1, 2, 2, 1}, []int64{1, 2, 2, 1}, "VALID", nil)
	}
	h := conv(conv(m.x, "conv2d", 1, 32), "conv2d_1", 32, 64) // [batch, 5, 5, 64]
	h = op.Reshape(s, h, tf.Const(s, []int32{-1, 1600}))
	h = op.Relu(s, m.dense(h, "dense", 1600, 128))
	m.y = op.Softmax(s, m.dense(h, "dense_1", 128, 10))
	return m.start(t)
}

// config exports m with one signature.
func (m *graphModel) config() *savedmodel.ExportConfig {
	return &savedmodel.ExportConfig{Signatures: map[string]savedmodel.Endpoints{
		savedmodel.ServingDefault: {Inputs: map[string]tf.Output{"x": m.x}, Outputs: map[string]tf.Output{"output_0": m.y}},
	}}
}

// run computes y in the model's own session.
func (m *graphModel) run(t testing.TB, x *tf.Tensor) []float32 {
	t.Helper()
	out, err := m.session.Run(context.Background(), []tf.Feed{{Output: m.x, Tensor: x}}, []tf.Output{m.y})
	if err != nil {
		t.Fatal(err)
	}
	return floats(t, out[0])
}

// floats reads and closes x.
func floats(t testing.TB, x *tf.Tensor) []float32 {
	t.Helper()
	defer x.Close()
	v, err := tf.Values[float32](x)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// ramp is a tensor of different values from -1 to 1.
func ramp(t testing.TB, shape ...int64) *tf.Tensor {
	t.Helper()
	data := make([]float32, tf.Shape(shape).NumElements())
	for i := range data {
		data[i] = float32((i*37)%201)/100 - 1
	}
	x, err := tf.NewTensor(data, shape...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func closeAll(m map[string]*tf.Tensor) {
	for _, t := range m {
		t.Close()
	}
}

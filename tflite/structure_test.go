package tflite_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/internal/schema"
)

// TestInspect compares what the file says with what the runtime says.
func TestInspect(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(models, "*.tflite"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no models: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			s, err := tflite.InspectFile(file)
			if err != nil {
				t.Fatal(err)
			}
			it := load(t, filepath.Base(file), nil)
			main := s.Subgraphs[0]
			sameTensors(t, "inputs", it.Inputs(), main, unnamed(main, main.Inputs))
			sameTensors(t, "outputs", it.Outputs(), main, unnamed(main, main.Outputs))
			var keys []string
			for _, d := range s.Signatures {
				keys = append(keys, d.Key)
				r, err := it.Signature(d.Key)
				if err != nil {
					t.Fatal(err)
				}
				sameTensors(t, d.Key+" inputs", r.Inputs(), s.Subgraphs[d.Subgraph], d.Inputs)
				sameTensors(t, d.Key+" outputs", r.Outputs(), s.Subgraphs[d.Subgraph], d.Outputs)
			}
			if slices.Sort(keys); !slices.Equal(keys, it.Signatures()) {
				t.Errorf("signatures %q, the runtime has %q", keys, it.Signatures())
			}
		})
	}
}

func unnamed(g tflite.Subgraph, tensors []int) (out []tflite.NamedTensor) {
	for _, i := range tensors {
		out = append(out, tflite.NamedTensor{Name: g.Tensors[i].Name, Tensor: i})
	}
	return out
}

func sameTensors(t *testing.T, what string, want []tflite.TensorInfo, g tflite.Subgraph, have []tflite.NamedTensor) {
	t.Helper()
	if len(have) != len(want) {
		t.Fatalf("%d %s, the runtime has %d", len(have), what, len(want))
	}
	for _, w := range want {
		i := slices.IndexFunc(have, func(n tflite.NamedTensor) bool { return n.Name == w.Name })
		if i < 0 {
			t.Errorf("%s: no %q among %v", what, w.Name, have)
			continue
		}
		d := g.Tensors[have[i].Tensor]
		q := d.Quantization
		if d.DType != w.DType || !d.ShapeSignature.Equal(w.ShapeSignature) ||
			!slices.Equal(q.Scales, w.Quantization.Scales) || !slices.Equal(q.ZeroPoints, w.Quantization.ZeroPoints) {
			t.Errorf("%s: %q is %v %v %v, the runtime says %v %v %v", what, w.Name,
				d.DType, d.ShapeSignature, q, w.DType, w.ShapeSignature, w.Quantization)
		}
	}
}

func TestInspectOperators(t *testing.T) {
	s, err := tflite.InspectFile(filepath.Join(models, "loop.tflite"))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(s.Subgraphs[0].Operators, func(o tflite.Operator) bool { return o.Name == "WHILE" })
	if i < 0 || len(s.Subgraphs[0].Operators[i].Calls) != 2 {
		t.Errorf("no WHILE with two subgraphs among %v", s.OperatorCounts())
	}
	if s, err = tflite.InspectFile(filepath.Join(models, "conv.tflite")); err != nil {
		t.Fatal(err)
	}
	i = slices.IndexFunc(s.Subgraphs[0].Operators, func(o tflite.Operator) bool { return o.Name == "CONV_2D" })
	if i < 0 {
		t.Fatalf("no CONV_2D among %v", s.OperatorCounts())
	}
	o := s.Subgraphs[0].Operators[i]
	k := slices.IndexFunc(o.Options, func(o tflite.Option) bool { return o.Name == "padding" })
	if k < 0 || o.Options[k].Value != "SAME" && o.Options[k].Value != "VALID" {
		t.Errorf("no padding among %v", o.Options)
	}
	if _, bytes := s.Weights(); bytes == 0 || bytes >= s.Size {
		t.Errorf("%d bytes of weights in a file of %d", bytes, s.Size)
	}
}

// constantModel holds one constant.
func constantModel(c *schema.TensorT, data ...byte) []byte {
	c.Name, c.Buffer = "w", 1
	m := &schema.ModelT{
		Version:   3,
		Buffers:   []*schema.BufferT{{}, {Data: data}},
		Subgraphs: []*schema.SubGraphT{{Tensors: []*schema.TensorT{c}}},
	}
	b := flatbuffers.NewBuilder(0)
	b.FinishWithFileIdentifier(m.Pack(b), []byte("TFL3"))
	return b.FinishedBytes()
}

func TestFloat32s(t *testing.T) {
	channels := func(axis int32, scales []float32, zeros []int64) *schema.QuantizationParametersT {
		return &schema.QuantizationParametersT{Scale: scales, ZeroPoint: zeros, QuantizedDimension: axis}
	}
	for _, tc := range []struct {
		name string
		c    schema.TensorT
		data []byte
		want []float32
	}{
		{"plain", schema.TensorT{Type: schema.TensorTypeINT16, Shape: []int32{2}}, []byte{1, 0, 255, 255}, []float32{1, -1}},
		{"float16", schema.TensorT{Type: schema.TensorTypeFLOAT16}, []byte{0, 0xc0}, []float32{-2}},
		{"one scale", schema.TensorT{Type: schema.TensorTypeUINT8, Shape: []int32{3}, Quantization: channels(0, []float32{0.5}, []int64{128})},
			[]byte{0, 128, 130}, []float32{-64, 0, 1}},
		{"rows", schema.TensorT{Type: schema.TensorTypeINT8, Shape: []int32{2, 3}, Quantization: channels(0, []float32{0.5, 2}, []int64{0, 1})},
			[]byte{1, 2, 3, 4, 5, 255}, []float32{0.5, 1, 1.5, 6, 8, -4}},
		{"columns", schema.TensorT{Type: schema.TensorTypeINT8, Shape: []int32{2, 2, 1}, Quantization: channels(1, []float32{1, 10}, []int64{0})},
			[]byte{1, 2, 3, 4}, []float32{1, 20, 3, 40}},
		{"int4", schema.TensorT{Type: schema.TensorTypeINT4, Shape: []int32{3}, Quantization: channels(0, []float32{2}, nil)},
			[]byte{0xf7, 0x08}, []float32{14, -2, -16}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, err := tflite.Inspect(constantModel(&tc.c, tc.data...))
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.Subgraphs[0].Tensors[0].Float32s()
			if err != nil || !slices.Equal(got, tc.want) {
				t.Errorf("got %v, %v; want %v", got, err, tc.want)
			}
		})
	}
}

// sparseModel holds a 4x4 matrix without its zeros, in blocks of 2x2.
func sparseModel(segments []int32) []byte {
	csr := func(v []int32) *schema.SparseIndexVectorT {
		return &schema.SparseIndexVectorT{Type: schema.SparseIndexVectorInt32Vector, Value: &schema.Int32VectorT{Values: v}}
	}
	return constantModel(&schema.TensorT{
		Shape: []int32{4, 4}, Type: schema.TensorTypeUINT8,
		Sparsity: &schema.SparsityParametersT{
			TraversalOrder: []int32{0, 1, 2, 3}, BlockMap: []int32{0, 1},
			DimMetadata: []*schema.DimensionMetadataT{
				{DenseSize: 2}, {Format: 1, ArraySegments: csr(segments), ArrayIndices: csr([]int32{0, 1, 1})},
				{DenseSize: 2}, {DenseSize: 2},
			},
		},
	}, 1, 0, 0, 4, 2, 3, 0, 0, 5, 0, 0, 6)
}

func TestSparse(t *testing.T) {
	s, err := tflite.Inspect(sparseModel([]int32{0, 2, 3}))
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Subgraphs[0].Tensors[0].Float32s()
	want := []float32{1, 0, 2, 3, 0, 4, 0, 0, 0, 0, 5, 0, 0, 0, 0, 6}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("values %v, %v; want %v", got, err, want)
	}
	for _, segments := range [][]int32{nil, {0}, {0, 2}, {0, 3, 2}, {0, 2, 99}, {-1, 2, 3}, {0, 3, 3}} {
		if s, err = tflite.Inspect(sparseModel(segments)); err != nil {
			continue
		}
		if got, err := s.Subgraphs[0].Tensors[0].Float32s(); !errors.Is(err, tf.InvalidArgument) {
			t.Errorf("segments %v gave %v, %v; want an error", segments, got, err)
		}
	}
}

// TestInspectDamaged reads mutated models to the last constant.
func TestInspectDamaged(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(models, "*.tflite"))
	read, refused := 0, 0
	for _, file := range files {
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(200) {
			data, _ := mutate(whole, rand.New(rand.NewPCG(seed, 5)))
			s, err := tflite.Inspect(data)
			if err != nil {
				refused++
				if !errors.Is(err, tf.InvalidArgument) {
					t.Errorf("%s, seed %d: %v", file, seed, err)
				}
				continue
			}
			read++
			s.OperatorCounts()
			s.Weights()
			for _, g := range s.Subgraphs {
				for i := range g.Tensors {
					_, _ = g.Tensors[i].Float32s()
				}
			}
		}
	}
	if read == 0 || refused == 0 {
		t.Errorf("%d read, %d refused: the mutations prove nothing", read, refused)
	}
}

// TestInspectShared gives a small file whose subgraphs share all their tensors.
func TestInspectShared(t *testing.T) {
	const n = 3000
	b := flatbuffers.NewBuilder(0)
	b.StartVector(4, 0, 4)
	shape := b.EndVector(0)
	name := b.CreateString("a tensor")
	schema.TensorStart(b)
	schema.TensorAddShape(b, shape)
	schema.TensorAddName(b, name)
	tensor := schema.TensorEnd(b)
	vector := func(of flatbuffers.UOffsetT) flatbuffers.UOffsetT {
		b.StartVector(4, n, 4)
		for range n {
			b.PrependUOffsetT(of)
		}
		return b.EndVector(n)
	}
	tensors := vector(tensor)
	schema.BufferStart(b)
	buffer := schema.BufferEnd(b)
	schema.ModelStartBuffersVector(b, 1)
	b.PrependUOffsetT(buffer)
	buffers := b.EndVector(1)
	schema.SubGraphStart(b)
	schema.SubGraphAddTensors(b, tensors)
	graphs := vector(schema.SubGraphEnd(b))
	schema.ModelStart(b)
	schema.ModelAddVersion(b, 3)
	schema.ModelAddSubgraphs(b, graphs)
	schema.ModelAddBuffers(b, buffers)
	b.FinishWithFileIdentifier(schema.ModelEnd(b), []byte("TFL3"))
	if _, err := tflite.Inspect(b.FinishedBytes()); !errors.Is(err, tf.InvalidArgument) || !strings.Contains(err.Error(), "over and over") {
		t.Errorf("got %v, want an error that tells of it", err)
	}
}

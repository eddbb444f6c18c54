package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	tensorpb "github.com/wamuir/graft/tensorflow/core/framework/tensor_go_proto"
	shapepb "github.com/wamuir/graft/tensorflow/core/framework/tensor_shape_go_proto"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
	versionpb "github.com/wamuir/graft/tensorflow/core/framework/versions_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/savedmodel"
)

// hostileCase is something made to harm. Every command must refuse it in one
// line with the words of want, or, where want is "", may also do its work.
type hostileCase struct {
	name, want string
	make       func(t *testing.T, dir string) string
	commands   []hostileCommand
}

var (
	showSaved = []hostileCommand{"show --dir IT --all", "inspect --html OUT/page.html IT", "scan --dir IT", "diff --no-run IT IT"}
	loadSaved = []hostileCommand{"run --dir IT --outdir OUT", "bench --dir IT --seconds 0.001", "convert --saved-model-dir IT --output-file OUT/model.tflite"}
	allSaved  = append(append([]hostileCommand{}, showSaved...), loadSaved...)
	showLite  = []hostileCommand{
		"inspect --html OUT/page.html IT", "diff --no-run IT IT", "package --show IT", "package --extract OUT/all IT", "package --name x --output OUT/packed.tflite IT",
	}
	loadLite = []hostileCommand{"run --model IT --outdir OUT", "bench --model IT --seconds 0.001"}
	allLite  = append(append([]hostileCommand{}, showLite...), loadLite...)
)

var hostileCases = []hostileCase{
	{"schema version", "version 99", savedWith("multi", func(m *pb.SavedModel) { m.SavedModelSchemaVersion = 99 }), loadSaved},
	{"needs a newer TensorFlow", "version", savedWith("multi", func(m *pb.SavedModel) {
		m.MetaGraphs[0].GraphDef.Versions = &versionpb.VersionDef{Producer: 1 << 30, MinConsumer: 1 << 30}
	}), loadSaved},
	{"asset outside", "asset", savedWith("multi", func(m *pb.SavedModel) {
		m.MetaGraphs[0].AssetFileDef[0].Filename = "../../../../../../../../etc/passwd"
	}), loadSaved},
	{"asset at a path", "asset", savedWith("multi", func(m *pb.SavedModel) { m.MetaGraphs[0].AssetFileDef[0].Filename = "/etc/passwd" }), loadSaved},
	{"function that calls itself", "", savedWith("functions/loop", callItself), allSaved},
	{"functions that call each other", "", savedWith("functions/branches", callEachOther), allSaved},
	{"constant of too many elements", "", savedWith("multi", func(m *pb.SavedModel) { addConstant(m, 1<<40, 1<<40) }), allSaved},
	{"constant of a negative dimension", "", savedWith("multi", func(m *pb.SavedModel) { addConstant(m, -5) }), allSaved},
	{"input of giant shape", "", savedWith("multi", func(m *pb.SavedModel) {
		for _, s := range m.MetaGraphs[0].SignatureDef {
			for _, in := range s.Inputs {
				in.TensorShape = &shapepb.TensorShapeProto{Dim: []*shapepb.TensorShapeProto_Dim{{Size: math.MaxInt64}, {Size: math.MaxInt64}}}
			}
		}
	}), allSaved},
	{"objects that hold themselves", "", savedWith("keras", func(m *pb.SavedModel) {
		for _, n := range m.MetaGraphs[0].ObjectGraphDef.GetNodes() {
			for _, c := range n.Children {
				c.NodeId = 0
			}
		}
	}), allSaved},
	{"objects that are not there", "", savedWith("keras", func(m *pb.SavedModel) {
		for _, n := range m.MetaGraphs[0].ObjectGraphDef.GetNodes() {
			for _, c := range n.Children {
				c.NodeId = math.MaxInt32
			}
		}
	}), allSaved},
	{"lists in lists", "", savedWith("keras", nest(4_900)), allSaved},
	{"lists in lists, too many", "recursion", savedWith("keras", nest(20_000)), allSaved},
	{"version of a .tflite file", "version", lite(func(t *testing.T, b []byte) []byte { return liteVersion(b, 99) }), append(loadLite, "inspect IT")},
	{"dimensions of a .tflite file", "", lite(giantDimensions), allLite},
	{"zip members outside", "", zipOutside, allLite},
	{"zip that unfolds to much", "", zipBomb, allLite},
	{"zip that lies", "", zipLie, allLite},
	{"empty file", "", func(t *testing.T, dir string) string { return made(t, filepath.Join(dir, "empty.tflite"), nil) }, allLite},
	{"a file for a folder", "", func(t *testing.T, dir string) string { return made(t, filepath.Join(dir, "file"), []byte("text")) }, allSaved},
	{"an empty folder", "", func(t *testing.T, dir string) string { return folder(t, dir) }, allSaved},
	{"a folder for a file", "", func(t *testing.T, dir string) string { return folder(t, dir) }, allLite},
	{"nothing there", "", func(t *testing.T, dir string) string { return filepath.Join(dir, "none") }, append(allLite, allSaved...)},
	{"much larger than memory", "", sparse, allLite},
	{"saved_model.pb larger than memory", "", func(t *testing.T, dir string) string {
		in := folder(t, dir)
		if err := os.Rename(sparse(t, dir), filepath.Join(in, "saved_model.pb")); err != nil {
			t.Fatal(err)
		}
		return in
	}, allSaved},
}

// TestHostileCrafted gives the commands what mutations do not find.
func TestHostileCrafted(t *testing.T) {
	for _, c := range append(hostileCases, hostileSystemCases...) {
		t.Run(c.name, func(t *testing.T) {
			h := newHostile(t, hostileKind{name: "crafted"})
			h.worker.patience = 8 * time.Second
			it := c.make(t, filepath.Join(h.root, "in"))
			for _, line := range c.commands {
				a := h.command(line, it, it, c.name, false)
				if c.want != "" && (a.Code != exit.Failed || !strings.Contains(a.Stderr, c.want)) {
					t.Errorf("gotf %s: exit %d, %q; want 1 and %q", line, a.Code, a.Stderr, c.want)
				}
			}
			if h.tally.Endless+h.tally.Ended > 0 {
				t.Errorf("%+v", *h.tally)
			}
		})
	}
}

// savedWith copies a SavedModel and changes its message.
func savedWith(seed string, change func(*pb.SavedModel)) func(t *testing.T, dir string) string {
	return func(t *testing.T, dir string) string {
		t.Helper()
		it := filepath.Join(dir, filepath.Base(seed))
		if err := os.CopyFS(it, os.DirFS(savedData+seed)); err != nil {
			t.Fatal(err)
		}
		m, err := savedmodel.Read(it)
		if err != nil {
			t.Fatal(err)
		}
		change(m)
		b, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		made(t, filepath.Join(it, "saved_model.pb"), b)
		return it
	}
}

// call makes n a call of the function.
func call(n *nodepb.NodeDef, function string) {
	n.Op = "PartitionedCall"
	n.Attr = map[string]*attrpb.AttrValue{
		"f":    {Value: &attrpb.AttrValue_Func{Func: &attrpb.NameAttrList{Name: function}}},
		"Tin":  {Value: &attrpb.AttrValue_List{List: &attrpb.AttrValue_ListValue{}}},
		"Tout": {Value: &attrpb.AttrValue_List{List: &attrpb.AttrValue_ListValue{}}},
	}
	n.Input = nil
}

func callItself(m *pb.SavedModel) {
	for _, f := range m.MetaGraphs[0].GraphDef.Library.Function {
		call(f.NodeDef[0], f.Signature.Name)
	}
}

func callEachOther(m *pb.SavedModel) {
	all := m.MetaGraphs[0].GraphDef.Library.Function
	for i, f := range all {
		call(f.NodeDef[0], all[(i+1)%len(all)].Signature.Name)
	}
}

// addConstant adds one of the given shape without values.
func addConstant(m *pb.SavedModel, dims ...int64) {
	shape := &shapepb.TensorShapeProto{}
	for _, d := range dims {
		shape.Dim = append(shape.Dim, &shapepb.TensorShapeProto_Dim{Size: d})
	}
	value := &tensorpb.TensorProto{Dtype: typespb.DataType_DT_FLOAT, TensorShape: shape, FloatVal: []float32{1}}
	g := m.MetaGraphs[0].GraphDef
	g.Node = append(g.Node, &nodepb.NodeDef{Name: "giant", Op: "Const", Attr: map[string]*attrpb.AttrValue{
		"dtype": {Value: &attrpb.AttrValue_Type{Type: typespb.DataType_DT_FLOAT}},
		"value": {Value: &attrpb.AttrValue_Tensor{Tensor: value}},
	}})
}

// nest puts lists in lists into the signature of a function: 10,000 messages in
// one another are as many as are read.
func nest(depth int) func(m *pb.SavedModel) {
	return func(m *pb.SavedModel) {
		v := &pb.StructuredValue{}
		for range depth {
			v = &pb.StructuredValue{Kind: &pb.StructuredValue_ListValue{ListValue: &pb.ListValue{Values: []*pb.StructuredValue{v}}}}
		}
		for _, f := range m.MetaGraphs[0].ObjectGraphDef.GetConcreteFunctions() {
			f.CanonicalizedInputSignature = v
			break
		}
	}
}

func made(t *testing.T, path string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func folder(t *testing.T, dir string) string {
	t.Helper()
	it := filepath.Join(dir, "folder")
	if err := os.Mkdir(it, 0o755); err != nil {
		t.Fatal(err)
	}
	return it
}

// sparse is a file of 4 TiB that takes no room.
func sparse(t *testing.T, dir string) string {
	t.Helper()
	path := made(t, filepath.Join(dir, "sparse.tflite"), []byte("\x1c\x00\x00\x00TFL3"))
	if err := os.Truncate(path, 4<<40); err != nil {
		t.Skip(err)
	}
	return path
}

// lite changes a .tflite file.
func lite(change func(t *testing.T, b []byte) []byte) func(t *testing.T, dir string) string {
	return func(t *testing.T, dir string) string {
		t.Helper()
		b, err := os.ReadFile(modelData + "2.18.0/cnn-none.tflite")
		if err != nil {
			t.Fatal(err)
		}
		return made(t, filepath.Join(dir, "changed.tflite"), change(t, bytes.Clone(b)))
	}
}

// liteVersion sets the first field of the root table.
func liteVersion(b []byte, version uint32) []byte {
	root := int(binary.LittleEndian.Uint32(b))
	vtable := root - int(int32(binary.LittleEndian.Uint32(b[root:])))
	binary.LittleEndian.PutUint32(b[root+int(binary.LittleEndian.Uint16(b[vtable+4:])):], version)
	return b
}

// giantDimensions makes the shape of the input one of 2^31-1 in each dimension.
func giantDimensions(t *testing.T, b []byte) []byte {
	t.Helper()
	shape := func(dims ...uint32) (out []byte) {
		for _, d := range dims {
			out = binary.LittleEndian.AppendUint32(out, d)
		}
		return out
	}
	const most = 1<<31 - 1
	out := bytes.ReplaceAll(b, shape(1, 10, 10, 1), shape(most, most, most, most))
	if bytes.Equal(out, b) {
		t.Fatal("the model has no such shape")
	}
	return out
}

// zipOutside is a packaged model whose label file would leave the folder.
func zipOutside(t *testing.T, dir string) string {
	b, err := os.ReadFile(hostilePackaged(t, t.TempDir())[0])
	if err != nil {
		t.Fatal(err)
	}
	out := bytes.ReplaceAll(b, []byte("labels.txt"), []byte("../../a.bc"))
	if bytes.Equal(out, b) {
		t.Fatal("the model has no labels")
	}
	return made(t, filepath.Join(dir, "outside.tflite"), out)
}

// zipBomb is a model with a file of 2 GiB of zeros, in 2 MiB.
func zipBomb(t *testing.T, dir string) string {
	t.Helper()
	zeros, packed := make([]byte, 16<<20), &bytes.Buffer{}
	d, err := flate.NewWriter(packed, flate.BestCompression)
	if err == nil {
		_, err = d.Write(zeros)
	}
	if err == nil {
		err = d.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	once, times := packed.Len(), 128
	data, sum := bytes.Repeat(packed.Bytes()[:once], times), uint32(0)
	for range times {
		sum = crc32.Update(sum, crc32.IEEETable, zeros)
	}
	data = append(data, 1, 0, 0, 0xff, 0xff) // the last block, empty
	return zipped(t, dir, "bomb.tflite", &zip.FileHeader{
		Name: "zeros.txt", Method: zip.Deflate, CRC32: sum, CompressedSize64: uint64(len(data)), UncompressedSize64: uint64(len(zeros) * times),
	}, data)
}

// zipLie is a model with a file that is said to have a terabyte.
func zipLie(t *testing.T, dir string) string {
	t.Helper()
	return zipped(t, dir, "lie.tflite", &zip.FileHeader{Name: "lie.txt", CompressedSize64: 1 << 40, UncompressedSize64: 1 << 40}, []byte("text"))
}

// zipped is a model with one file behind it.
func zipped(t *testing.T, dir, name string, head *zip.FileHeader, data []byte) string {
	t.Helper()
	b, err := os.ReadFile(liteData + "mlp.tflite")
	if err != nil {
		t.Fatal(err)
	}
	out := bytes.NewBuffer(b)
	z := zip.NewWriter(out)
	z.SetOffset(int64(len(b)))
	w, err := z.CreateRaw(head)
	if err == nil {
		_, err = w.Write(data)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return made(t, filepath.Join(dir, name), out.Bytes())
}

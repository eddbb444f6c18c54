package listing_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/gotf/gotf/savedmodel/listing"
	"github.com/gotf/gotf/tf"
)

// golden are the texts that scripts/golden/show.py recorded.
func golden(t *testing.T) map[string]map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) < 8 {
		t.Fatalf("golden texts %v, %v", files, err)
	}
	out := map[string]map[string]string{}
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var doc struct{ Text map[string]string }
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		out[strings.TrimSuffix(filepath.Base(path), ".json")] = doc.Text
	}
	return out
}

// writers makes the text of each command line that show.py records.
func writers(m *pb.SavedModel) map[string]func(io.Writer) error {
	serve := func(f func(io.Writer, *pb.MetaGraphDef) error) func(io.Writer) error {
		return func(w io.Writer) error {
			g, err := listing.Find(m, []string{"serve"})
			if err != nil {
				return err
			}
			return f(w, g)
		}
	}
	scan := func(list ...string) func(io.Writer) error {
		return func(w io.Writer) error {
			for _, g := range m.MetaGraphs {
				listing.Scan(w, g, list)
			}
			return nil
		}
	}
	return map[string]func(io.Writer) error{
		"show":     func(w io.Writer) error { listing.TagSets(w, m); return nil },
		"show_all": func(w io.Writer) error { listing.All(w, m); return nil },
		"show_list_ops": func(w io.Writer) error {
			io.WriteString(w, "--list_ops must be paired with a tag-set or with --all.\n")
			listing.TagSets(w, m)
			return nil
		},
		"show_tag_set": serve(func(w io.Writer, g *pb.MetaGraphDef) error { listing.SignatureKeys(w, g); return nil }),
		"show_ops": serve(func(w io.Writer, g *pb.MetaGraphDef) error {
			listing.Ops(w, g)
			listing.SignatureKeys(w, g)
			return nil
		}),
		"show_signature": serve(func(w io.Writer, g *pb.MetaGraphDef) error {
			s, err := listing.FindSignature(g, "serving_default")
			if err == nil {
				listing.Signature(w, s, 0)
			}
			return err
		}),
		"scan":         scan(listing.Denylist...),
		"scan_ops":     scan("NoOp", "Const", "MatMul"),
		"scan_tag_set": serve(func(w io.Writer, g *pb.MetaGraphDef) error { listing.Scan(w, g, []string{"SomeOp"}); return nil }),
	}
}

// TestGolden compares with saved_model_cli's own text.
func TestGolden(t *testing.T) {
	for name, texts := range golden(t) {
		t.Run(name, func(t *testing.T) {
			m, err := listing.Read(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			for command, write := range writers(m) {
				want, ok := texts[command]
				if !ok {
					t.Fatalf("%s is not recorded", command)
				}
				if name == "signatures" && command == "scan" { // prints in a loop, where Python does not look
					want = "MetaGraph with tag set ['serve'] contains the following denylisted ops: {'PrintV2'}\n"
				}
				var out bytes.Buffer
				err := write(&out)
				if strings.HasPrefix(want, "error: ") {
					if err == nil {
						t.Errorf("%s: %q, want an error", command, out.String())
					}
				} else if err != nil || out.String() != want {
					t.Errorf("%s: %v\n%s", command, err, difference(out.String(), want))
				}
			}
		})
	}
}

// difference shows the first line that differs.
func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return "line " + g[i] + "\nwant " + w[i]
		}
	}
	return "got " + got + "\nwant " + want
}

// TestReduced compares what is listed of the parts of a model that are parsed with
// what is listed of the whole.
func TestReduced(t *testing.T) {
	files, err := filepath.Glob("../testdata/*/saved_model.pb")
	if err != nil || len(files) == 0 {
		t.Fatalf("models %v, %v", files, err)
	}
	own, err := filepath.Glob("testdata/*/saved_model.pb")
	if err != nil || len(own) == 0 {
		t.Fatalf("models %v, %v", own, err)
	}
	for _, path := range append(files, own...) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		whole := &pb.SavedModel{}
		if err := proto.Unmarshal(raw, whole); err != nil {
			t.Fatal(err)
		}
		part, err := listing.Read(filepath.Dir(path))
		if err != nil {
			t.Fatal(err)
		}
		var got, want bytes.Buffer
		listing.All(&got, part)
		listing.All(&want, whole)
		if got.String() != want.String() {
			t.Errorf("%s: %s", path, difference(got.String(), want.String()))
		}
		gotData, _ := json.Marshal(listing.Of(part))
		wantData, _ := json.Marshal(listing.Of(whole))
		if string(gotData) != string(wantData) {
			t.Errorf("%s: %s\nwant %s", path, gotData, wantData)
		}
	}
}

func TestErrors(t *testing.T) {
	broken := t.TempDir()
	if err := os.WriteFile(filepath.Join(broken, "saved_model.pb"), []byte("\xff\xffno model"), 0o644); err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()
	if err := os.WriteFile(filepath.Join(empty, "saved_model.pbtxt"), []byte("saved_model_schema_version: 1"), 0o644); err != nil {
		t.Fatal(err)
	}
	m, err := listing.Read("testdata/signatures")
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		do   func() error
		code tf.Code
		want string
	}{
		{"no model", func() error { _, err := listing.Read("none"); return err }, tf.NotFound,
			"SavedModel file does not exist at: none/{saved_model.pbtxt|saved_model.pb}"},
		{"no protobuf", func() error { _, err := listing.Read(broken); return err }, tf.DataLoss, "cannot parse " + broken},
		{"no MetaGraph", func() error { _, err := listing.Read(empty); return err }, tf.DataLoss, "it holds no MetaGraph"},
		{"no tag set", func() error { _, err := listing.Find(m, []string{"server"}); return err }, tf.NotFound,
			`no tag-set "server" in the SavedModel, did you mean "serve"? (there are "serve")`},
		{"no signature", func() error { _, err := listing.FindSignature(m.MetaGraphs[0], "lookpu"); return err }, tf.NotFound,
			`no signature "lookpu", did you mean "lookup"?`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := tc.do(); !errors.Is(err, tc.code) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want %v and %q", err, tc.code, tc.want)
			}
		})
	}
}

// TestDamage changes bytes of models: parsing may fail, nothing may panic.
func TestDamage(t *testing.T) {
	for _, name := range []string{"arguments", "specs", "signatures"} {
		whole, err := os.ReadFile(filepath.Join("testdata", name, "saved_model.pb"))
		if err != nil {
			t.Fatal(err)
		}
		parsed, dir := 0, t.TempDir()
		for i := 0; i < 150; i++ {
			raw := bytes.Clone(whole)
			for k := range 3 {
				at := (i*7919 + k*104729 + i*i) % len(raw)
				raw[at] ^= byte(1 << (i % 8))
			}
			if err := os.WriteFile(filepath.Join(dir, "saved_model.pb"), raw[:len(raw)-i%5*i], 0o644); err != nil {
				t.Fatal(err)
			}
			m, err := listing.Read(dir)
			if err != nil {
				if !strings.HasPrefix(err.Error(), "cannot parse "+dir) {
					t.Errorf("error %v", err)
				}
				continue
			}
			parsed++
			listing.All(io.Discard, m)
			listing.Of(m)
		}
		if parsed == 0 {
			t.Errorf("%s: no damaged model could be parsed", name)
		}
	}
}

// TestOf checks the data form by a few facts about one model.
func TestOf(t *testing.T) {
	m, err := listing.Read("testdata/signatures")
	if err != nil {
		t.Fatal(err)
	}
	g := listing.Of(m).MetaGraphs[0]
	var lookup listing.SignatureInfo
	for _, s := range g.Signatures {
		if s.Key == "lookup" {
			lookup = s
		}
	}
	raw, err := json.Marshal(lookup.Inputs)
	if want := `[{"name":"words","dtype":"string","shape":[-1],"tensor":"lookup_words:0"}]`; err != nil || string(raw) != want {
		t.Errorf("inputs %s, %v; want %s", raw, err, want)
	}
	if g.Variables != 1 || len(g.Assets) != 1 || len(g.Functions) != 3 || g.Functions[0].Name != "bare" {
		t.Errorf("%d variables, assets %v, functions %v", g.Variables, g.Assets, g.Functions)
	}
	if a := g.Functions[0].Options[0].Args; len(a) != 2 || a[0].Name != "a" || a[0].DType != "float32" || a[0].Type != "TensorSpec" {
		t.Errorf("arguments %+v", a)
	}
}

func BenchmarkShowAll(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		m, err := listing.Read("testdata/keras3")
		if err != nil {
			b.Fatal(err)
		}
		listing.All(io.Discard, m)
	}
}

// TestNamesInLines keeps line breaks in names from beginning lines.
func TestNamesInLines(t *testing.T) {
	s := &pb.SignatureDef{Inputs: map[string]*pb.TensorInfo{"x\n  inputs['y'] tensor_info:": {Encoding: &pb.TensorInfo_Name{Name: "a\r\nb"}}}, MethodName: "m\nn"}
	m := &pb.SavedModel{MetaGraphs: []*pb.MetaGraphDef{{
		MetaInfoDef:  &pb.MetaGraphDef_MetaInfoDef{Tags: []string{"t\nu"}},
		SignatureDef: map[string]*pb.SignatureDef{"k\nl": s},
	}}}
	var out bytes.Buffer
	listing.All(&out, m)
	for _, want := range []string{`tag-set: 't\nu'`, `signature_def['k\nl']`, `inputs['x\n  inputs['y'] tensor_info:']`, `name: a\r\nb`, `Method name is: m\nn`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in %s", want, out.String())
		}
	}
}

// TestReadMany refuses MetaGraphs that hold nothing, and too many of them.
func TestReadMany(t *testing.T) {
	for want, m := range map[string]*pb.SavedModel{
		"MetaGraph 1 holds no graph":             {MetaGraphs: []*pb.MetaGraphDef{{GraphDef: &graph_go_proto.GraphDef{}}, {}}},
		"it holds 1001 MetaGraphs, want 1000 at": {MetaGraphs: slices.Repeat([]*pb.MetaGraphDef{{GraphDef: &graph_go_proto.GraphDef{}}}, 1001)},
	} {
		raw, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "saved_model.pb"), raw, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := listing.Read(dir); !errors.Is(err, tf.DataLoss) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

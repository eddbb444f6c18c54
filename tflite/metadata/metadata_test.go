package metadata_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/metadata"
)

const models = "../../testdata/tflite"

func readModel(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(models, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// full uses all that the format has; conv.tflite has one input and one output.
func full() *metadata.Package {
	in := &metadata.Tensor{
		Name: "image", Description: "what to look at", DimensionNames: []string{"batch", "y", "x", "color"},
		Content: &metadata.Content{
			Image: &metadata.Image{ColorSpace: metadata.RGB, DefaultSize: &metadata.ImageSize{Width: 8, Height: 8}},
			Range: &metadata.Range{Min: 1, Max: 3},
		},
		ProcessUnits: []metadata.ProcessUnit{{Normalization: &metadata.Normalization{Mean: []float32{127.5, 0.1, 3}, Std: []float32{127.5, 1, 2}}}},
		Stats:        &metadata.Stats{Max: []float32{1}, Min: []float32{-1}},
	}
	out := &metadata.Tensor{
		Name: "probability",
		Content: &metadata.Content{BoundingBox: &metadata.BoundingBox{
			Index: []uint32{1, 0, 3, 2}, Type: metadata.Center, CoordinateType: metadata.Pixel,
		}},
		ProcessUnits: []metadata.ProcessUnit{
			{ScoreCalibration: &metadata.Calibration{Transformation: metadata.Log, DefaultScore: 0.25}},
			{ScoreThresholding: &metadata.Thresholding{GlobalScoreThreshold: 0.5}},
			{BertTokenizer: &metadata.BertTokenizer{VocabFile: []metadata.File{{Name: "vocab.txt", Type: metadata.Vocabulary}}}},
			{SentencePiece: &metadata.SentencePiece{Model: []metadata.File{{Name: "sp.model"}}}},
			{RegexTokenizer: &metadata.RegexTokenizer{DelimRegexPattern: `\W+`, VocabFile: []metadata.File{{Name: "vocab.txt", Type: metadata.Vocabulary}}}},
		},
		AssociatedFiles: []metadata.File{
			{Name: "labels.txt", Description: "labels", Type: metadata.AxisLabels, Locale: "en"},
			{Name: "étiquettes.txt", Type: metadata.AxisLabels, Locale: "fr", Version: "2"},
			{Name: "index", Type: metadata.ScannIndex},
		},
	}
	return &metadata.Package{
		Metadata: &metadata.Metadata{
			Name: "classifier", Description: "tells things apart", Version: "v1", Author: "me", License: "Apache-2.0",
			AssociatedFiles: []metadata.File{{Name: "README", Type: metadata.Descriptions}},
			Subgraphs: []*metadata.Subgraph{{
				Name: "main", Inputs: []*metadata.Tensor{in}, Outputs: []*metadata.Tensor{out},
				OutputProcessUnits: []metadata.ProcessUnit{{ScoreThresholding: &metadata.Thresholding{}}},
				OutputTensorGroups: []metadata.TensorGroup{{Name: "result", TensorNames: []string{"probability"}}},
				CustomMetadata:     []metadata.CustomMetadata{{Name: "more", Data: []byte{0, 255, 7}}},
			}},
		},
		Files: map[string][]byte{
			"labels.txt": []byte("a\nb\n"), "étiquettes.txt": []byte("un\ndeux\n"), "index": {1, 2, 3},
			"vocab.txt": []byte("x\n"), "sp.model": bytes.Repeat([]byte("piece"), 1000), "README": nil, "extra.bin": {0},
		},
	}
}

func write(t testing.TB, data []byte, p *metadata.Package) []byte {
	t.Helper()
	out, err := metadata.Write(data, p)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestWrite writes, reads, writes again and removes.
func TestWrite(t *testing.T) {
	data := readModel(t, "conv.tflite")
	p := full()
	packed := write(t, data, p)
	got, err := metadata.Read(packed)
	if err != nil {
		t.Fatal(err)
	}
	if got.Metadata.MinParserVersion != "1.5.0" {
		t.Errorf("min_parser_version = %q, want 1.5.0", got.Metadata.MinParserVersion)
	}
	got.Metadata.MinParserVersion = ""
	p.Files["README"] = []byte{}
	if len(got.Files["README"]) == 0 {
		got.Files["README"] = []byte{}
	}
	if !reflect.DeepEqual(got, p) {
		a, _ := json.Marshal(got.Metadata)
		b, _ := json.Marshal(p.Metadata)
		t.Errorf("read\n%s\nwant\n%s", a, b)
	}
	if again := write(t, packed, got); !bytes.Equal(again, packed) {
		t.Error("writing what was read makes another file")
	}
	short := write(t, packed, &metadata.Package{Metadata: onlyName(t, data)})
	if longer := write(t, short, p); !bytes.Equal(longer, packed) {
		t.Error("replacing does not forget what was there before")
	}
	if plain, err := metadata.Remove(packed); err != nil || !bytes.Equal(plain, data) {
		t.Errorf("Remove does not give the model back: %v", err)
	}
}

func onlyName(t testing.TB, data []byte) *metadata.Metadata {
	t.Helper()
	m, err := metadata.Describe(data)
	if err != nil {
		t.Fatal(err)
	}
	m.Name = "x"
	return m
}

// TestJSON goes through JSON and back.
func TestJSON(t *testing.T) {
	want := full().Metadata
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := metadata.ParseJSON(text)
	if err != nil || !reflect.DeepEqual(got, want) {
		again, _ := json.Marshal(got)
		t.Errorf("%v\n%s\nwant\n%s", err, again, text)
	}
}

func TestParseErrors(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{`{"nam":"x"}`, `unknown field "nam"`},
		{`{"subgraph_metadata":[null]}`, "is null"},
		{`{"subgraph_metadata":[{"input_tensor_metadata":[null]}]}`, "is null"},
		{`{"associated_files":[{"type":"TENSOR_AXIS_LABEL"}]}`, "did you mean \"TENSOR_AXIS_LABELS\"?"},
		{`{"subgraph_metadata":[{"input_tensor_metadata":[{"content":{"content_properties_type":"ImageProps","content_properties":{}}}]}]}`, "unknown content_properties_type"},
		{`{"subgraph_metadata":[{"input_tensor_metadata":[{"process_units":[{"options_type":"NormalizationOptions","options":{"mean":[1],"std":[0]}}]}]}]}`, "a standard deviation is 0"},
		{`{"subgraph_metadata":[{"input_tensor_metadata":[{"process_units":[{}]}]}]}`, "it has no options"},
		{`{"subgraph_metadata":[{"custom_metadata":[{"data":[256]}]}]}`, "256 is no byte"},
	} {
		_, err := metadata.ParseJSON([]byte(tc.text))
		if !errors.Is(err, tf.InvalidArgument) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %s", tc.text, err, tc.want)
		}
	}
}

func TestWriteErrors(t *testing.T) {
	data := readModel(t, "conv.tflite")
	for _, tc := range []struct {
		name, want string
		change     func(*metadata.Package)
	}{
		{"file", `names the file "labels.txt", which is not among`, func(p *metadata.Package) { delete(p.Files, "labels.txt") }},
		{"name", `"../x": want a plain file name`, func(p *metadata.Package) { p.Files["../x"] = nil }},
		{"inputs", "describes 0 inputs, the model has 1: ", func(p *metadata.Package) { p.Metadata.Subgraphs[0].Inputs = nil }},
		{"subgraphs", "describes 0 subgraphs, want 1", func(p *metadata.Package) { p.Metadata.Subgraphs = nil }},
		{"group", `the output "probabilty", did you mean "probability"?`, func(p *metadata.Package) {
			p.Metadata.Subgraphs[0].OutputTensorGroups[0].TensorNames[0] = "probabilty"
		}},
		{"two", "are both set", func(p *metadata.Package) {
			p.Metadata.Subgraphs[0].Inputs[0].Content.Audio = &metadata.Audio{}
		}},
		{"dimensions", "has 1 dimension names and 4 dimensions", func(p *metadata.Package) {
			p.Metadata.Subgraphs[0].Inputs[0].DimensionNames = []string{"x"}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := full()
			tc.change(p)
			_, err := metadata.Write(data, p)
			if !errors.Is(err, tf.InvalidArgument) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("err = %v, want %s", err, tc.want)
			}
		})
	}
}

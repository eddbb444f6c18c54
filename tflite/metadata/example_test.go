package metadata_test

import (
	"fmt"
	"os"

	"github.com/gotf/gotf/tflite/metadata"
)

// Example packages an image classifier and reads the package again.
func Example() {
	model, err := os.ReadFile("../../testdata/tflite/conv.tflite")
	if err != nil {
		fmt.Println(err)
		return
	}
	packed, err := pack(model)
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := metadata.Read(packed)
	if err != nil {
		fmt.Println(err)
		return
	}
	out := p.Metadata.Subgraphs[0].Outputs[0]
	fmt.Println(p.Metadata.Name, p.Metadata.MinParserVersion)
	fmt.Println(out.Name, out.AssociatedFiles[0].Type, len(p.Files["labels.txt"]))
	// Output:
	// Flowers 1.0.0
	// logits TENSOR_AXIS_LABELS 37
}

func pack(model []byte) ([]byte, error) {
	labels := []byte("daisy\ndandelion\nrose\nsunflower\ntulip\n")
	md, err := metadata.Describe(model)
	if err != nil {
		return nil, err
	}
	md.Name, md.License = "Flowers", "Apache-2.0"
	ports, err := metadata.NewPorts(model, md)
	if err != nil {
		return nil, err
	}
	if err := ports.SetImage("image", metadata.Normalization{Mean: []float32{127.5}, Std: []float32{127.5}}); err != nil {
		return nil, err
	}
	if err := ports.SetLabels("logits", metadata.File{Name: "labels.txt", Type: metadata.AxisLabels}, labels); err != nil {
		return nil, err
	}
	return metadata.Write(model, &metadata.Package{Metadata: md, Files: map[string][]byte{"labels.txt": labels}})
}

// ExampleParseJSON reads the form that the official tools print.
func ExampleParseJSON() {
	m, err := metadata.ParseJSON([]byte(`{
		"name": "sounds",
		"subgraph_metadata": [{"input_tensor_metadata": [{
			"name": "audio",
			"content": {"content_properties_type": "AudioProperties", "content_properties": {"sample_rate": 16000, "channels": 1}}
		}]}]
	}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Name, m.Subgraphs[0].Inputs[0].Content.Audio.SampleRate)
	_, err = metadata.ParseJSON([]byte(`{"associated_files": [{"type": "VOCABULRY"}]}`))
	fmt.Println(err)
	// Output:
	// sounds 16000
	// tf: parse metadata: invalid argument: unknown file type "VOCABULRY", did you mean "VOCABULARY"? (there are [DESCRIPTIONS SCANN_INDEX_FILE TENSOR_AXIS_LABELS TENSOR_AXIS_SCORE_CALIBRATION TENSOR_VALUE_LABELS UNKNOWN VOCABULARY])
}

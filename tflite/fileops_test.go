package tflite_test

import (
	"slices"
	"testing"

	"github.com/gotf/gotf/tflite"
)

// TestFileWrites looks at operators that hold a node of TensorFlow: its operation
// counts, not the name that the operator has.
func TestFileWrites(t *testing.T) {
	flex := func(name, node string) tflite.Operator {
		return tflite.Operator{Name: name, Custom: true, CustomOptions: []byte(node)}
	}
	s := &tflite.Structure{
		Subgraphs: []tflite.Subgraph{
			{Operators: []tflite.Operator{flex("FlexTanh", "\x12\x04Tanh"), {Name: "WHILE", Calls: []int{2, 0}}}},
			{Operators: []tflite.Operator{flex("FlexPrintV2", "\x12\x07PrintV2 output_stream stderr"), flex("SaveV2", "SaveV2"), {Name: "ADD"}}},
			{Operators: []tflite.Operator{flex("FlexIdentity", "\x12\x09WriteFile")}},
			{Operators: []tflite.Operator{flex("FlexPrintV2", "\x12\x07PrintV2 file:///tmp/x"), flex("FlexSave", "\x12\x04Save")}},
		},
		Signatures: []tflite.SignatureDef{{Key: "loop"}, {Key: "print", Subgraph: 1}, {Key: "save", Subgraph: 3}},
	}
	for key, want := range map[string][]string{
		"": {"FlexIdentity"}, "loop": {"FlexIdentity"}, "print": nil, "save": {"FlexPrintV2", "FlexSave"},
	} {
		if got := s.FileWrites(key); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", key, got, want)
		}
	}
}

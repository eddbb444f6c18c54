package metadata_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/gotf/gotf/internal/peers"
	"github.com/gotf/gotf/tflite/metadata"
)

// support runs scripts/peers/package.py with the official library.
func support(t *testing.T, args ...string) string {
	t.Helper()
	if os.Getenv("GOTF_PEERS") != "1" {
		t.Skip("compares with tflite-support: run make test-peers, or set GOTF_PEERS=1")
	}
	python, err := peers.Python("tflite")
	if err != nil {
		t.Fatal(err)
	}
	root, err := peers.Root()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, append([]string{filepath.Join(root, "scripts", "peers", "package.py")}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

func save(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "m.tflite")
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestPeersRead lets tflite-support read what Write wrote.
func TestPeersRead(t *testing.T) {
	data := readModel(t, "conv.tflite")
	small := &metadata.Package{Metadata: onlyName(t, data)}
	for name, p := range map[string]*metadata.Package{"full": full(), "small": small} {
		t.Run(name, func(t *testing.T) {
			packed := write(t, data, p)
			got, err := metadata.Read(packed)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if _, err := got.Extract(dir, false); err != nil {
				t.Fatal(err)
			}
			support(t, "check", save(t, packed), "--want", dir)
		})
	}
}

// TestPeersWritten reads, changes, replaces and removes what tflite-support wrote.
func TestPeersWritten(t *testing.T) {
	for _, kind := range []string{"image", "everything"} {
		t.Run(kind, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "made.tflite")
			support(t, "make", filepath.Join(models, "conv.tflite"), "--kind", kind, "--out", path)
			p, err := metadata.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if _, err := p.Extract(dir, false); err != nil {
				t.Fatal(err)
			}
			support(t, "check", path, "--want", dir)

			data, _ := os.ReadFile(path)
			p.Metadata.Author = "somebody else"
			p.Files["more.txt"] = []byte("more")
			changed := write(t, data, p)
			again, _ := metadata.Read(changed)
			dir = t.TempDir()
			if _, err := again.Extract(dir, false); err != nil {
				t.Fatal(err)
			}
			support(t, "check", save(t, changed), "--want", dir)
			plain, err := metadata.Remove(changed)
			if err != nil {
				t.Fatal(err)
			}
			if p, err := metadata.Read(plain); err != nil || p.Metadata != nil || len(p.Files) != 0 {
				t.Errorf("after Remove: %+v, %v", p, err)
			}
		})
	}
}

// TestPeersVersion compares min_parser_version over what needs newer ones.
func TestPeersVersion(t *testing.T) {
	data := readModel(t, "conv.tflite")
	file := func(f metadata.File) func(*metadata.Metadata) {
		f.Name = "f"
		return func(m *metadata.Metadata) { m.Subgraphs[0].Outputs[0].AssociatedFiles = []metadata.File{f} }
	}
	unit := func(u metadata.ProcessUnit) func(*metadata.Metadata) {
		return func(m *metadata.Metadata) { m.Subgraphs[0].Inputs[0].ProcessUnits = []metadata.ProcessUnit{u} }
	}
	var args, want []string
	for _, change := range []func(*metadata.Metadata){
		func(*metadata.Metadata) {},
		file(metadata.File{Type: metadata.Vocabulary}),
		file(metadata.File{Type: metadata.ScannIndex}),
		file(metadata.File{Version: "1"}),
		unit(metadata.ProcessUnit{BertTokenizer: &metadata.BertTokenizer{}}),
		unit(metadata.ProcessUnit{SentencePiece: &metadata.SentencePiece{}}),
		unit(metadata.ProcessUnit{RegexTokenizer: &metadata.RegexTokenizer{}}),
		unit(metadata.ProcessUnit{ScoreThresholding: &metadata.Thresholding{}}),
		unit(metadata.ProcessUnit{BertTokenizer: &metadata.BertTokenizer{VocabFile: []metadata.File{{Name: "f", Version: "1"}}}}),
		func(m *metadata.Metadata) {
			m.Subgraphs[0].InputProcessUnits = []metadata.ProcessUnit{{ScoreThresholding: &metadata.Thresholding{}}}
		},
		func(m *metadata.Metadata) { m.Subgraphs[0].InputTensorGroups = []metadata.TensorGroup{{Name: "g"}} },
		func(m *metadata.Metadata) {
			m.Subgraphs[0].Inputs[0].Content = &metadata.Content{Audio: &metadata.Audio{}}
		},
		func(m *metadata.Metadata) { m.Subgraphs[0].CustomMetadata = []metadata.CustomMetadata{{Name: "c"}} },
	} {
		md := onlyName(t, data)
		change(md)
		packed := write(t, data, &metadata.Package{Metadata: md, Files: map[string][]byte{"f": nil}})
		got, err := metadata.Read(packed)
		if err != nil {
			t.Fatal(err)
		}
		args, want = append(args, save(t, packed)), append(want, got.Metadata.MinParserVersion)
	}
	var official []string
	if err := json.Unmarshal([]byte(support(t, append([]string{"versions"}, args...)...)), &official); err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if want[i] != official[i] {
			t.Errorf("case %d: %s, tflite-support says %s", i, want[i], official[i])
		}
	}
}

package show

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/cmd/gotf/internal/gotftest"
)

const listingData = "../../../../savedmodel/listing/testdata/"

// TestShowGolden types the command lines of scripts/golden/show.py.
func TestShowGolden(t *testing.T) {
	gotftest.NoLibraries(t)
	flags := map[string][]string{
		"show": nil, "show_all": {"--all"}, "show_list_ops": {"--list_ops"},
		"show_tag_set": {"--tag_set", "serve"}, "show_ops": {"--tag-set", "serve", "--list-ops"},
		"show_signature": {"--tag_set", "serve", "--signature_def", "serving_default"},
		"scan":           nil, "scan_ops": {"--op_denylist", "NoOp, Const,MatMul"}, "scan_tag_set": {"--tag_set", "serve", "--op_denylist", "SomeOp"},
	}
	for _, name := range []string{"keras3", "tf1", "signatures", "text", "arguments"} {
		raw, err := os.ReadFile(listingData + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var doc struct{ Text map[string]string }
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Fatal(err)
		}
		for command, want := range doc.Text {
			if name == "signatures" && command == "scan" { // see savedmodel/listing
				continue
			}
			t.Run(name+"/"+command, func(t *testing.T) {
				verb, _, _ := strings.Cut(command, "_")
				words := map[string]string{"scan_tag_set": "SomeOp is no operation of TensorFlow\n"}[command]
				code, stdout, stderr := gotftest.Run(t, append([]string{verb, "--dir", listingData + name}, flags[command]...)...)
				if strings.HasPrefix(want, "error: ") {
					if code != exit.Failed || stdout != "" {
						t.Errorf("exit %d, stdout %q, want a failure", code, stdout)
					}
				} else if code != exit.Done || stdout != want || stderr != words {
					t.Errorf("exit %d, stderr %q\n got %s\nwant %s", code, stderr, stdout, want)
				}
			})
		}
	}
}

func TestShowErrors(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "saved_model.pb"), []byte("\x0a\xff"), 0o644); err != nil {
		t.Fatal(err)
	}
	none := filepath.Join(dir, "none")
	for _, tc := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"show"}, exit.Usage, "gotf show needs --dir"},
		{[]string{"show", "--dir", none}, exit.Failed, "gotf: SavedModel file does not exist at: " + none + "/{saved_model.pbtxt|saved_model.pb}"},
		{[]string{"show", "--dir", dir}, exit.Failed, "cannot parse " + dir},
		{[]string{"show", "--dir", filepath.Join(dir, "saved_model.pb")}, exit.Failed, "is a file; a SavedModel is a folder"},
		{[]string{"show", "--dir", listingData + "tf1", "--tag_set", "serv"}, exit.Failed, `no tag-set "serv" in the SavedModel, did you mean "serve"?`},
		{[]string{"show", "--dir", listingData + "tf1", "--tag_set", "gpu"}, exit.Failed, `there are "serve", "gpu,serve", ""`},
		{[]string{"show", "--dir", listingData + "tf1", "--tag_set", "serve", "--signature_def", "othr"}, exit.Failed, `no signature "othr", did you mean "other"?`},
		{[]string{"show", "--dir", listingData + "tf1", "--signature_def", "other", "--json"}, exit.Usage, "--signature-def goes with --tag-set"},
		{[]string{"scan", "--dir", none}, exit.Failed, "SavedModel file does not exist at: "},
		{[]string{"scan", "--dir", listingData + "tf1", "--tag_set", "train"}, exit.Failed, `no tag-set "train"`},
	} {
		code, stdout, stderr := gotftest.Run(t, tc.args...)
		if code != tc.code || stdout != "" || !strings.Contains(stderr, tc.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%v: exit %d, stdout %q, stderr %q; want %d and %q", tc.args, code, stdout, stderr, tc.code, tc.want)
		}
	}
}

func TestShowJSON(t *testing.T) {
	code, stdout, stderr := gotftest.Run(t, "show", "--dir", listingData+"signatures", "--json")
	var all struct {
		Format     string
		MetaGraphs []struct {
			Tags       []string
			Ops        []string
			Signatures []struct {
				Key             string
				Inputs, Outputs []struct {
					Name, DType, Tensor string
					Shape               []int64
				}
			}
			Functions []struct{ Name string }
			Variables int
			Assets    []string
		} `json:"meta_graphs"`
	}
	if err := json.Unmarshal([]byte(stdout), &all); err != nil || code != exit.Done {
		t.Fatalf("exit %d, %v, stderr %q", code, err, stderr)
	}
	if len(all.MetaGraphs) != 1 || all.Format != "savedmodel" {
		t.Fatalf("%d MetaGraphs, format %q", len(all.MetaGraphs), all.Format)
	}
	g := all.MetaGraphs[0]
	if len(g.Signatures) != 4 || len(g.Functions) != 3 || g.Variables != 1 || len(g.Assets) != 1 || len(g.Ops) < 10 {
		t.Errorf("%+v", g)
	}
	code, stdout, _ = gotftest.Run(t, "show", "--dir", listingData+"tf1", "--tag_set", "serve", "--signature_def", "other", "--json")
	var one struct {
		Key    string
		Inputs []struct{ Name string }
	}
	if err := json.Unmarshal([]byte(stdout), &one); err != nil || code != exit.Done || one.Key != "other" || len(one.Inputs) != 3 || one.Inputs[0].Name != "s" {
		t.Errorf("exit %d, %v, %+v", code, err, one)
	}
}

func TestScanJSON(t *testing.T) {
	code, stdout, stderr := gotftest.Run(t, "scan", "--dir", listingData+"signatures", "--json")
	var reports []scanReport
	if err := json.Unmarshal([]byte(stdout), &reports); err != nil || code != exit.Done {
		t.Fatalf("exit %d, %v, stderr %q", code, err, stderr)
	}
	if len(reports) != 1 || len(reports[0].Found) != 1 || reports[0].Found[0] != "PrintV2" || len(reports[0].Denylist) != 3 {
		t.Errorf("%+v", reports)
	}
}

// TestScanWords warns about an operation that nobody has.
func TestScanWords(t *testing.T) {
	code, stdout, stderr := gotftest.Run(t, "scan", "--dir", "../../../../tflite/convert/testdata/models/multi", "--op_denylist", "MatMull,MatMul")
	if code != exit.Done || stderr != "MatMull is no operation of TensorFlow, did you mean \"MatMul\"?\n" || !strings.Contains(stdout, "MatMul") {
		t.Errorf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}

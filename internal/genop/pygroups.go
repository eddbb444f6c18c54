package main

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
)

//go:embed groups.txt
var groupTable string

// entry is an op's line in groups.txt.
type entry struct {
	Group  string // its file is gen_GROUP.go
	Hidden bool   // Python has no function for it, so no documentation page
}

// groups reads groups.txt.
func groups(table string) (map[string]entry, error) {
	out := map[string]entry{}
	for i, line := range strings.Split(table, "\n") {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] == "#" {
			continue
		}
		if len(f) > 3 || len(f) < 2 || len(f) == 3 && f[2] != "hidden" {
			return nil, fmt.Errorf("groups.txt:%d: %q, want an op, its group, and perhaps hidden", i+1, line)
		}
		out[f[0]] = entry{f[1], len(f) == 3}
	}
	return out, nil
}

// fileGroups maps the Python files of the wheel that hold the ops' functions,
// gen_NAME_ops.py, to the groups.
var fileGroups = map[string]string{
	"array": "array", "manip": "array",
	"audio": "signal", "audio_microfrontend": "signal", "spectral": "signal",
	"batch": "control", "control_flow": "control", "functional": "control", "script": "control",
	"bitwise": "math", "math": "math", "special_math": "math",
	"boosted_trees": "misc", "clustering": "misc", "mlir_passthrough": "misc", "user": "misc",
	"candidate_sampling": "nn", "ctc": "nn", "nn": "nn",
	"check_preemption": "collective", "collective": "collective", "dtensor": "collective",
	"nccl": "collective", "rpc": "collective", "sendrecv": "collective", "sync": "collective",
	"checkpoint": "io", "filesystem": "io", "io": "io",
	"composite_tensor": "list", "list": "list", "map": "list",
	"count": "sparse", "set": "sparse", "sparse": "sparse", "sparse_csr_matrix": "sparse",
	"cudnn_rnn": "rnn", "rnn": "rnn",
	"data_flow": "dataflow",
	"dataset":   "data", "experimental_dataset": "data", "optional": "data",
	"debug": "summary", "logging": "summary", "summary": "summary",
	"decode_proto": "parsing", "encode_proto": "parsing", "parsing": "parsing",
	"image":        "image",
	"linalg":       "linalg",
	"lookup":       "lookup",
	"ragged_array": "ragged", "ragged_conversion": "ragged", "ragged_math": "ragged",
	"random": "random", "random_index_shuffle": "random", "stateful_random": "random",
	"stateless_random": "random", "stateless_random_ops_v2": "random",
	"resource_variable": "state", "state": "state",
	"sdca": "training", "training": "training",
	"string": "string",
	"tpu":    "tpu", "tpu_partition": "tpu", "tpu/ops/gen_xla": "tpu",
	"uniform_quant":      "quant",
	"tf2xla/ops/gen_xla": "xla",
}

// hiddenGroups are the groups of ops that have no Python function. The first
// pattern that matches counts.
var hiddenGroups = [][2]string{
	{"Risc*", "risc"},
	{"DTensor*", "collective"},
	{"*TPU*", "tpu"}, {"*Tpu*", "tpu"}, {"*Dedup*", "tpu"}, {"XlaSparse*", "tpu"},
	{"UpdateTaskIdAndGlobalCoreArray", "tpu"},
	{"Xla*", "xla"},
	{"DumpTensor", "summary"},
	{"HostConst", "array"}, {"QuantizedConcatV2", "array"},
	{"StochasticCastToInt", "random"},
	{"KthOrderStatistic", "nn"}, {"MakeUnique", "nn"}, {"TopK*", "nn"},
	{"CalibrationStatisticsSaver", "quant"}, {"CustomAggregator", "quant"},
	{"NegTrain", "misc"}, {"Skipgram", "misc"}, {"TfLiteSubgraphExecute", "misc"},
}

func hiddenGroup(op string) (string, bool) {
	for _, g := range hiddenGroups {
		if ok, _ := path.Match(g[0], op); ok {
			return g[1], true
		}
	}
	return "", false
}

var pythonCall = regexp.MustCompile(`_apply_op_helper\(\s*"([^"]+)"`)

// readWheel adds the ops that have a function in a wheel's Python files.
func readWheel(wheel string, table map[string]entry) error {
	z, err := zip.OpenReader(wheel)
	if err != nil {
		return err
	}
	defer z.Close()
	for _, f := range z.File {
		base := path.Base(f.Name)
		if !strings.HasPrefix(base, "gen_") || !strings.HasSuffix(base, ".py") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return err
		}
		src, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			return fmt.Errorf("%s: %s: %w", wheel, f.Name, err)
		}
		for _, m := range pythonCall.FindAllSubmatch(src, -1) {
			group, ok := fileGroup(f.Name)
			if !ok {
				return fmt.Errorf("%s: %s: no group for this file", wheel, f.Name)
			}
			if had, ok := table[string(m[1])]; ok && had.Group != group {
				return fmt.Errorf("%s: %s is in the groups %s and %s", wheel, m[1], had.Group, group)
			}
			table[string(m[1])] = entry{Group: group}
		}
	}
	return nil
}

// fileGroup is the group of a file. A key with a slash is matched before one
// without.
func fileGroup(file string) (string, bool) {
	name := strings.TrimSuffix(file, ".py")
	name = strings.TrimSuffix(strings.TrimSuffix(name, "_ops"), "_op")
	for key, group := range fileGroups {
		if strings.Contains(key, "/") && strings.HasSuffix(name, key) {
			return group, true
		}
	}
	group, ok := fileGroups[strings.TrimPrefix(path.Base(name), "gen_")]
	return group, ok
}

// makeGroups writes groups.txt from wheels.
func makeGroups(libs []release, wheels []string) ([]byte, error) {
	table := map[string]entry{}
	for _, w := range wheels {
		if err := readWheel(w, table); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	b.WriteString("# The group of each op, by the Python file of the wheels that holds it.\n# Made by: go run ./internal/genop groups WHEEL...\n")
	for _, name := range names(libs) {
		if skipped(name) != "" {
			continue
		}
		if e, ok := table[name]; ok {
			fmt.Fprintf(&b, "%s %s\n", name, e.Group)
		} else if group, ok := hiddenGroup(name); ok {
			fmt.Fprintf(&b, "%s %s hidden\n", name, group)
		} else {
			return nil, fmt.Errorf("%s: no group: it is in no Python file of the wheels, and not in hiddenGroups", name)
		}
	}
	return b.Bytes(), nil
}

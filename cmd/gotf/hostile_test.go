package main

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gotf/gotf/cmd/gotf/internal/exit"
	"github.com/gotf/gotf/internal/damage"
)

// hostileKind is a kind of file that commands are given damaged.
type hostileKind struct {
	name  string
	seeds []string                                // whole files, or folders
	files []string                                // that are damaged in a folder; one is chosen each time
	make  func(t *testing.T, dir string) []string // more seeds
	more  func(rng *rand.Rand, name string, data []byte) ([]byte, string)
	plain []hostileCommand // pure Go: nothing may end the process
	// native run the libraries, in a child that may end; every rare-th time.
	native []hostileCommand
	rare   int
}

// hostileCommand is a command line with IT for what is damaged, WHOLE for the
// same undamaged, OUT for a folder to write into and DATA for testdata.
type hostileCommand string

const (
	liteData  = "../../testdata/tflite/"
	modelData = "../../tflite/convert/testdata/"
	savedData = "../../savedmodel/testdata/"
)

var hostileKinds = []hostileKind{
	{
		name: "tflite",
		seeds: []string{
			liteData + "branch.tflite", liteData + "conv.tflite", liteData + "conv_int8.tflite", liteData + "dynamic.tflite", liteData + "loop.tflite",
			liteData + "mlp.tflite", liteData + "ops.tflite", liteData + "signatures.tflite", liteData + "strings.tflite", liteData + "types.tflite",
			modelData + "2.18.0/cnn-dynamic.tflite", modelData + "2.18.0/mlp-float16.tflite", modelData + "2.18.0/multi-none.tflite",
		},
		make: hostilePackaged,
		plain: []hostileCommand{
			"inspect IT", "inspect --json IT", "inspect --html OUT/page.html IT", "diff --no-run IT WHOLE", "diff --no-run --json WHOLE IT", "package --show --json IT",
			"package --extract OUT/all IT", "package --name x --output OUT/packed.tflite IT", "package --remove --output OUT/bare.tflite IT",
		},
		native: []hostileCommand{
			"run --model IT --outdir OUT", "bench --model IT --seconds 0.001 --warmup 0 --concurrency 1 --html OUT/page.html", "diff WHOLE IT",
			"bench --model IT --seconds 0.001 --concurrency 2 --ops", "package --c-array OUT/model IT",
		},
		rare: 3,
	},
	{
		name:  "SavedModel",
		seeds: []string{savedData + "keras", savedData + "multi", savedData + "tf1", savedData + "functions/loop", savedData + "functions/branches", modelData + "models/cnn"},
		files: []string{"saved_model.pb", "saved_model.pb", "saved_model.pb", "variables/variables.index", "variables/variables.index", "variables/variables.data-00000-of-00001", "fingerprint.pb"},
		more: func(rng *rand.Rand, name string, data []byte) ([]byte, string) {
			switch {
			case name == "saved_model.pb":
				return damage.Message(rng, data), "fields of the message"
			case strings.HasSuffix(name, ".index"):
				return damage.Table(rng, data)
			}
			return damage.Bytes(rng, data), "bytes"
		},
		plain: []hostileCommand{"show --dir IT --all", "show --dir IT --json", "scan --dir IT", "inspect --json IT", "inspect --html OUT/page.html IT", "diff --no-run IT WHOLE"},
		native: []hostileCommand{
			"run --dir IT --outdir OUT", "bench --dir IT --seconds 0.001 --warmup 0 --concurrency 1", "convert --saved-model-dir IT --output-file OUT/model.tflite",
			"convert --saved-model-dir IT --output-file OUT/model.tflite --select-tf-ops --quantize dynamic --no-check", "diff WHOLE IT",
		},
		rare: 15,
	},
	{
		name:  "checkpoint",
		seeds: []string{"../../tf/bundle/testdata"},
		files: []string{"types.index", "types.index", "types.data-00000-of-00001", "saver.index", "saver.data-00001-of-00002", "object/ckpt-2.index", "object/checkpoint"},
		more: func(rng *rand.Rand, name string, data []byte) ([]byte, string) {
			if strings.HasSuffix(name, ".index") {
				return damage.Table(rng, data)
			}
			return damage.Bytes(rng, data), "bytes"
		},
		plain: []hostileCommand{"inspect IT/types", "inspect --json IT/saver", "inspect IT/object"},
	},
	{
		name:  "records",
		seeds: []string{"../../tf/tfrecord/testdata/plain.tfrecord", "../../tf/tfrecord/testdata/gzip.tfrecord", "../../tf/tfrecord/testdata/sequences.tfrecord", "../../tf/summary/testdata/v2.tfevents"},
		more:  func(rng *rand.Rand, _ string, data []byte) ([]byte, string) { return damage.Records(rng, data) },
		plain: []hostileCommand{"inspect IT", "inspect --json IT"},
	},
	{
		name:   "npy",
		make:   hostileArrays,
		native: []hostileCommand{"run --model DATA/mlp.tflite --inputs x=IT --outdir OUT"},
		rare:   1,
	},
}

// hostileTally counts what became of the commands.
type hostileTally struct {
	Mutations int `json:"mutations"`
	Runs      int `json:"runs"`
	Done      int `json:"done"`    // exit code 0
	Refused   int `json:"refused"` // 1 with one line
	Usage     int `json:"usage"`   // 2 with one line
	Ended     int `json:"ended"`   // the native code ended the child
	Endless   int `json:"endless"` // it ran until it was stopped
}

// TestHostile gives damaged files to every command that takes files. See also
// TestLongHostile.
func TestHostile(t *testing.T) { testHostile(t, 120) }

// TestLongHostile is TestHostile with more than 10,000 mutations.
func TestLongHostile(t *testing.T) {
	if os.Getenv("GOTF_LONG") != "1" {
		t.Skip("takes an hour: run make test-long, or set GOTF_LONG=1")
	}
	testHostile(t, 12_000)
}

func testHostile(t *testing.T, mutations int) {
	tallies := map[string]*hostileTally{}
	for _, k := range hostileKinds {
		t.Run(k.name, func(t *testing.T) {
			h := newHostile(t, k)
			tallies[k.name] = h.tally
			for i := range mutations / len(hostileKinds) {
				h.mutation(int64(i))
			}
			if h.tally.Done == 0 || h.tally.Refused == 0 {
				t.Errorf("the mutations prove nothing: %+v", *h.tally)
			}
		})
	}
	text, _ := json.Marshal(tallies)
	t.Logf("%s", text)
}

// hostile gives one kind of files to the commands.
type hostile struct {
	t      *testing.T
	kind   hostileKind
	root   string // in/ holds what is damaged, out/ what is written, cwd/ nothing
	worker *hostileWorker
	tally  *hostileTally
	seeds  []string
	told   map[string]int // failures by kind
}

func newHostile(t *testing.T, k hostileKind) *hostile {
	h := &hostile{t: t, kind: k, root: t.TempDir(), tally: &hostileTally{}, told: map[string]int{}, seeds: slices.Clone(k.seeds)}
	if k.make != nil {
		h.seeds = append(h.seeds, k.make(t, t.TempDir())...)
	}
	for _, name := range []string{"in", "out", "cwd"} {
		if err := os.Mkdir(filepath.Join(h.root, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	h.worker = &hostileWorker{t: t, dir: filepath.Join(h.root, "cwd"), patience: 20 * time.Second}
	t.Cleanup(h.worker.stop)
	return h
}

// mutation damages one file and gives it to the commands.
func (h *hostile) mutation(seed int64) {
	rng := rand.New(rand.NewSource(seed))
	it, whole, how := h.damage(rng, h.seeds[int(seed)%len(h.seeds)])
	h.tally.Mutations++
	for _, c := range h.kind.plain {
		h.command(c, it, whole, how, false)
	}
	for i, c := range h.kind.native {
		if (int(seed)+i)%h.kind.rare == 0 {
			h.command(c, it, whole, how, true)
		}
	}
}

// damage puts a damaged copy of a file or folder into in/.
func (h *hostile) damage(rng *rand.Rand, seed string) (it, whole, how string) {
	in := filepath.Join(h.root, "in")
	if err := os.RemoveAll(in); err != nil {
		h.t.Fatal(err)
	}
	if err := os.Mkdir(in, 0o755); err != nil {
		h.t.Fatal(err)
	}
	whole, err := filepath.Abs(seed)
	if err != nil {
		h.t.Fatal(err)
	}
	it = filepath.Join(in, filepath.Base(seed))
	target, name := it, filepath.Base(seed)
	if info, err := os.Stat(seed); err == nil && info.IsDir() {
		if err := os.CopyFS(it, os.DirFS(seed)); err != nil {
			h.t.Fatal(err)
		}
		files := h.files(seed)
		name = files[rng.Intn(len(files))]
		seed, target = filepath.Join(seed, name), filepath.Join(it, name)
		if h.kind.files == nil { // each is an input by itself
			it, whole = target, filepath.Join(whole, name)
		}
	}
	data := h.read(seed)
	if h.kind.more != nil && rng.Intn(2) == 0 {
		data, how = h.kind.more(rng, name, data)
	} else {
		data, how = damage.File(rng, data, h.read(liteData+"mlp.tflite"))
	}
	if err := os.WriteFile(target, data, 0o644); err != nil {
		h.t.Fatal(err)
	}
	return it, whole, name + ": " + how
}

// files are those of a folder that are damaged.
func (h *hostile) files(dir string) (all []string) {
	for _, name := range h.kind.files {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			all = append(all, name)
		}
	}
	if h.kind.files != nil {
		return all
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range entries {
		if e.Type().IsRegular() {
			all = append(all, e.Name())
		}
	}
	return all
}

func (h *hostile) read(path string) []byte {
	data, err := os.ReadFile(path)
	if err != nil {
		h.t.Fatal(err)
	}
	return data
}

// command runs one command line and checks all that must hold.
func (h *hostile) command(c hostileCommand, it, whole, how string, native bool) (a hostileAnswer) {
	out := filepath.Join(h.root, "out")
	args := h.arguments(string(c), it, whole)
	before := hostileFiles(h.t, h.root)
	a = h.worker.do(args)
	after := hostileFiles(h.t, h.root)
	wrong := h.judge(a, filepath.Base(it), native)
	for _, name := range hostileChanges(before, after) {
		if !strings.HasPrefix(name, "out/") {
			wrong = append(wrong, "changed "+name)
		} else if a.Code != exit.Done || a.died != "" || strings.Contains(filepath.Base(name), ".writing-") {
			wrong = append(wrong, "left "+name)
		}
	}
	if native && a.died != "" && !a.endless {
		h.t.Logf("%s\n  gotf %s ended its child: %s%s", how, strings.Join(args, " "), a.died, h.keep(it))
	}
	if len(wrong) > 0 {
		h.tell(args, it, how, strings.Join(wrong, "; "))
	}
	if err := os.RemoveAll(out); err != nil {
		h.t.Fatal(err)
	}
	if err := os.Mkdir(out, 0o755); err != nil {
		h.t.Fatal(err)
	}
	return a
}

// arguments fills in a command line.
func (h *hostile) arguments(c, it, whole string) []string {
	data, err := filepath.Abs(liteData)
	if err != nil {
		h.t.Fatal(err)
	}
	args := strings.Fields(c)
	for i := range args {
		args[i] = strings.NewReplacer("IT", it, "WHOLE", whole, "OUT", filepath.Join(h.root, "out"), "DATA", data).Replace(args[i])
	}
	return args
}

// hostileTold is how many failures of one kind are told.
const hostileTold = 3

var hostileNumber = regexp.MustCompile(`"[^"]*"|'[^']*'|/\S+|-?[0-9]+|0x[0-9a-f]+`)

// tell reports what is wrong, unless the same was told a few times.
func (h *hostile) tell(args []string, it, how, wrong string) {
	kind := args[0] + hostileNumber.ReplaceAllString(wrong[:min(len(wrong), 200)], "#")
	if h.told[kind]++; h.told[kind] <= hostileTold {
		h.t.Errorf("%s\n  gotf %s: %s%s", how, strings.Join(args, " "), wrong, h.keep(it))
	}
}

// hostileMemory is the most that a command without libraries may take for the
// small files of this test.
const hostileMemory = 1 << 30

// judge counts what a command did and says what of it is wrong.
func (h *hostile) judge(a hostileAnswer, name string, native bool) (wrong []string) {
	h.tally.Runs++
	switch {
	case a.endless:
		h.tally.Endless++
	case a.died != "":
		h.tally.Ended++
	case a.Code == exit.Done:
		h.tally.Done++
	case a.Code == exit.Failed:
		h.tally.Refused++
	case a.Code == exit.Usage:
		h.tally.Usage++
	default:
		wrong = append(wrong, fmt.Sprintf("exit code %d", a.Code))
	}
	if a.died != "" {
		if !native || a.endless {
			wrong = append(wrong, fmt.Sprintf("ended after %v: %s", a.took, a.died))
		}
		return wrong
	}
	if !native && a.Peak > hostileMemory {
		wrong = append(wrong, fmt.Sprintf("took %d MB", a.Peak>>20))
	}
	if a.Code == exit.Done || a.Code == exit.Failed && a.Stderr == "" && strings.Contains(a.Stdout, "differ") { // gotf diff
		return wrong
	}
	lines := strings.SplitAfter(a.Stderr, "\n")
	last := lines[max(0, len(lines)-2)]
	if strings.Count(a.Stderr, "gotf: ") != 1 || !strings.HasPrefix(last, "gotf: ") || !strings.HasSuffix(a.Stderr, "\n") {
		wrong = append(wrong, fmt.Sprintf("not one line of error: %q", a.Stderr))
	} else if !strings.Contains(last, name) && !strings.Contains(last, "is missing") && !strings.Contains(last, " of A ") { // an input that the command line lacks; gotf diff's first model
		wrong = append(wrong, fmt.Sprintf("the error does not name %s: %q", name, last))
	}
	return wrong
}

// hostileChanges lists what is new, gone or different.
func hostileChanges(before, after map[string]string) (names []string) {
	for name, what := range after {
		if before[name] != what {
			names = append(names, name)
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// hostileKeep names a folder to which what fails is copied.
const hostileKeep = "GOTF_TEST_HOSTILE_KEEP"

// keep copies it if that is asked for.
func (h *hostile) keep(it string) string {
	dir := os.Getenv(hostileKeep)
	if dir == "" {
		return ""
	}
	to := filepath.Join(dir, fmt.Sprintf("%s-%d-%s", h.kind.name, h.tally.Mutations, filepath.Base(it)))
	os.RemoveAll(to)
	if h.worker.last != "" {
		os.WriteFile(to+".log", []byte(h.worker.last), 0o644)
	}
	if info, err := os.Stat(it); err == nil && info.IsDir() {
		err = os.CopyFS(to, os.DirFS(it))
		return fmt.Sprintf(" (%s %v)", to, err)
	}
	return fmt.Sprintf(" (%s %v)", to, os.WriteFile(to, h.read(it), 0o644))
}

package train

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/saving"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/checkpoint"
)

// stage is where a run is written: in a hidden folder inside the run's own until
// it has a checkpoint to show, then in the place of the run before.
type stage struct {
	final   *Run
	hidden  *Run     // nil once the run has its place
	made    []string // folders to remove if nothing comes of the run, deepest first
	saves   checkpoint.Manager
	history history
}

const hiddenPrefix = ".training-"

func newStage(final *Run) *stage {
	return &stage{final: final, hidden: &Run{final.path(hiddenPrefix + strconv.Itoa(os.Getpid()))}}
}

// now is where the run is written.
func (g *stage) now() *Run {
	if g.hidden != nil {
		return g.hidden
	}
	return g.final
}

// Begun are the process ids of runs that begin in the folder, or began and were
// killed.
func (r *Run) Begun() (pids []int) {
	entries, _ := os.ReadDir(r.Dir)
	for _, e := range entries {
		if text, ok := strings.CutPrefix(e.Name(), hiddenPrefix); ok {
			if pid, err := strconv.Atoi(text); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// sweep removes what runs left that were killed before their first checkpoint.
func (r *Run) sweep() {
	for _, pid := range r.Begun() {
		if pid == os.Getpid() || !alive(pid) {
			os.RemoveAll(r.path(hiddenPrefix + strconv.Itoa(pid)))
		}
	}
}

func alive(pid int) bool {
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer p.Release()
	return !errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

// callback writes the run as training goes on.
func (g *stage) callback() keras.Callback {
	return keras.Callback{
		OnTrainBegin: func(_ context.Context, m *keras.Model) error { return g.named(g.begin(m)) },
		OnEpochEnd:   func(ctx context.Context, m *keras.Model, e keras.Epoch) error { return g.named(g.save(ctx, m, e)) },
	}
}

// named is err in words about the folder that the user knows.
func (g *stage) named(err error) error {
	if err == nil || g.hidden == nil {
		return err
	}
	return &renamed{strings.ReplaceAll(err.Error(), g.hidden.Dir, g.final.Dir), err}
}

type renamed struct {
	text string
	err  error
}

func (r *renamed) Error() string { return r.text }

func (r *renamed) Unwrap() error { return r.err }

// begin makes the folder, with model.json.
func (g *stage) begin(m *keras.Model) error {
	text, err := saving.ToJSON(m)
	if err != nil {
		return err
	}
	for dir := g.hidden.Dir; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		g.made = append(g.made, dir)
	}
	g.final.sweep()
	if err := os.MkdirAll(g.hidden.Dir, 0o777); err != nil {
		return err
	}
	return atomicfile.WriteFile(g.hidden.ModelFile(), atomicfile.Bytes(append(text, '\n')))
}

// save writes the checkpoint and the history of an epoch. After the first the
// run takes its place.
func (g *stage) save(ctx context.Context, m *keras.Model, e keras.Epoch) error {
	g.saves.Dir = g.now().Checkpoints()
	if err := keras.Checkpoints(&g.saves).OnEpochEnd(ctx, m, e); err != nil {
		return err
	}
	if err := g.saveHistory(e); err != nil {
		return err
	}
	if g.hidden != nil {
		return g.commit()
	}
	return nil
}

// saveHistory keeps history.json up to the last epoch.
func (g *stage) saveHistory(e keras.Epoch) error {
	h := &g.history
	h.Loss = append(h.Loss, e.Logs["loss"])
	h.Accuracy = append(h.Accuracy, e.Logs["accuracy"])
	h.ValLoss = append(h.ValLoss, e.Logs["val_loss"])
	h.ValAccuracy = append(h.ValAccuracy, e.Logs["val_accuracy"])
	h.Seconds = append(h.Seconds, e.Seconds)
	file := g.now().historyFile()
	text, err := json.Marshal(h)
	if err != nil {
		return core.Errorf(tf.OutOfRange, "epoch %d: the loss is %v: %s cannot be written", e.Number+1, e.Logs["loss"], file)
	}
	return atomicfile.WriteFile(file, atomicfile.Bytes(append(text, '\n')))
}

// commit puts the run in the place of the one before, which is removed. Where
// that fails, the one before is back.
func (g *stage) commit() error {
	old, err := os.MkdirTemp(g.final.Dir, ".replaced-")
	if err != nil {
		return err
	}
	if err := moveAll(g.final.Dir, old, g.final.parts()); err != nil {
		os.Remove(old)
		return err
	}
	if err := moveAll(g.hidden.Dir, g.final.Dir, g.hidden.parts()); err != nil {
		if back := moveAll(old, g.final.Dir, (&Run{old}).parts()); back == nil {
			os.Remove(old)
		}
		return err
	}
	hidden := g.hidden.Dir
	g.hidden = nil
	if err := os.RemoveAll(old); err != nil {
		return err
	}
	return os.Remove(hidden)
}

// moveAll moves all names from one folder to another, or none.
func moveAll(from, to string, names []string) error {
	for i, name := range names {
		if err := os.Rename(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			for _, done := range names[:i] {
				os.Rename(filepath.Join(to, done), filepath.Join(from, done))
			}
			return err
		}
	}
	return nil
}

// end leaves nothing of a run that has nothing to show.
func (g *stage) end() {
	if g.hidden == nil {
		return
	}
	os.RemoveAll(g.hidden.Dir)
	for _, dir := range g.made {
		os.Remove(dir) // fails where somebody else put something there
	}
}

package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/saving"
	"github.com/gotf/gotf/tf"
)

// trainRun is the folder that gotf train writes and gotf export reads.
type trainRun struct {
	dir     string
	history trainHistory
}

// trainHistory is history.json.
type trainHistory struct {
	Loss        []float64 `json:"loss"`
	Accuracy    []float64 `json:"accuracy"`
	ValLoss     []float64 `json:"val_loss"`
	ValAccuracy []float64 `json:"val_accuracy"`
	Seconds     []float64 `json:"seconds"`
}

func (r *trainRun) path(name string) string { return filepath.Join(r.dir, name) }
func (r *trainRun) modelFile() string       { return r.path("model.json") }
func (r *trainRun) historyFile() string     { return r.path("history.json") }
func (r *trainRun) checkpoints() string     { return r.path("checkpoints") }
func (r *trainRun) savedModel() string      { return r.path("saved_model") }

// newRun is a folder for a run; it refuses one that holds a run already.
func newRun(dir string, overwrite bool) (*trainRun, error) {
	r := &trainRun{dir: filepath.Clean(dir)}
	info, err := os.Stat(r.dir)
	switch {
	case os.IsNotExist(err):
		return r, nil
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, core.Errorf(tf.AlreadyExists, "%s is a file, want a folder for --out", r.dir)
	}
	for _, old := range r.parts() {
		if _, err := os.Lstat(old); err == nil && !overwrite {
			return nil, core.Errorf(tf.AlreadyExists, "%s holds a run already (%s); --overwrite replaces it", r.dir, filepath.Base(old))
		}
	}
	return r, nil
}

// parts are all that a run consists of.
func (r *trainRun) parts() []string {
	return []string{r.savedModel(), r.historyFile(), r.checkpoints(), r.modelFile()}
}

// begin removes an old run and writes model.json.
func (r *trainRun) begin(m *keras.Model) error {
	text, err := saving.ToJSON(m)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(r.dir, 0o777); err != nil {
		return err
	}
	for _, old := range r.parts() {
		if err := os.RemoveAll(old); err != nil {
			return err
		}
	}
	return writeFile(r.modelFile(), append(text, '\n'))
}

// saveHistory keeps history.json up to the last epoch.
func (r *trainRun) saveHistory() keras.Callback {
	return keras.Callback{OnEpochEnd: func(_ context.Context, _ *keras.Model, e keras.Epoch) error {
		h := &r.history
		h.Loss = append(h.Loss, e.Logs["loss"])
		h.Accuracy = append(h.Accuracy, e.Logs["accuracy"])
		h.ValLoss = append(h.ValLoss, e.Logs["val_loss"])
		h.ValAccuracy = append(h.ValAccuracy, e.Logs["val_accuracy"])
		h.Seconds = append(h.Seconds, e.Seconds)
		text, err := json.Marshal(h)
		if err != nil {
			return core.Errorf(tf.OutOfRange, "epoch %d: the loss is %v: %s cannot be written", e.Number+1, e.Logs["loss"], r.historyFile())
		}
		return writeFile(r.historyFile(), append([]byte(strings.TrimSpace(string(text))), '\n'))
	}}
}

// writeFile writes a file that appears whole or not at all.
func writeFile(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	return err
}

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/saving"
	"github.com/gotf/gotf/tf"
)

// trainRun is the folder that gotf train writes and gotf export reads.
type trainRun struct{ dir string }

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

// newRun is a folder for a run. It refuses one that holds anything under the
// names of a run that gotf train did not write.
func newRun(dir string) (*trainRun, error) {
	r := &trainRun{filepath.Clean(dir)}
	info, err := os.Stat(r.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return r, nil
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, core.Errorf(tf.AlreadyExists, "%s is a file, want a folder for --out", r.dir)
	}
	old := r.parts()
	if len(old) == 0 {
		return r, nil
	}
	if !r.complete() {
		return nil, core.Errorf(tf.AlreadyExists, "--out %s holds %s, but no run of gotf train to replace; choose another folder", r.dir, old[0])
	}
	if foreign := r.foreign(); foreign != "" {
		return nil, core.Errorf(tf.AlreadyExists, "%s holds %s, which gotf train did not write and does not replace; choose another folder for --out", r.dir, foreign)
	}
	return r, nil
}

// runParts are the names of all that a run consists of.
var runParts = []string{"model.json", "history.json", "checkpoints", "saved_model", sampleFile}

// sampleFile holds some test pictures, to try the model on.
const sampleFile = "sample.npy"

// parts are the names of a run that are taken.
func (r *trainRun) parts() (there []string) {
	for _, name := range runParts {
		if _, err := os.Lstat(r.path(name)); err == nil {
			there = append(there, name)
		}
	}
	return there
}

// complete reports whether the folder holds a run that wrote its first
// checkpoint: all later states of it have these files.
func (r *trainRun) complete() bool {
	model, err := os.ReadFile(r.modelFile())
	if err != nil {
		return false
	}
	if _, err := saving.FromJSON(model); err != nil {
		return false
	}
	text, err := os.ReadFile(r.historyFile())
	if err != nil {
		return false
	}
	var h trainHistory
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(&h) == nil && len(h.Seconds) > 0
}

// Names of files in the folders of a run.
var (
	checkpointName = regexp.MustCompile(`^(checkpoint|ckpt-\d+\.(index|data-\d+-of-\d+)|\.writing-.*)$`)
	savedModelName = regexp.MustCompile(`^(saved_model\.pb|variables|assets|fingerprint\.pb)$`)
)

// foreign is the first file in the folders of a run that is not a run's, or "".
func (r *trainRun) foreign() string {
	for _, folder := range []struct {
		name string
		ours *regexp.Regexp
	}{{"checkpoints", checkpointName}, {"saved_model", savedModelName}} {
		entries, err := os.ReadDir(r.path(folder.name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return folder.name
		}
		for _, e := range entries {
			if !folder.ours.MatchString(e.Name()) {
				return filepath.Join(folder.name, e.Name())
			}
		}
	}
	return ""
}

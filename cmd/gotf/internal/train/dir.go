package train

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/gotf/gotf/keras"
	"github.com/gotf/gotf/keras/core"
	"github.com/gotf/gotf/keras/saving"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/checkpoint"
)

// Run is the folder that gotf train writes and gotf export reads.
type Run struct{ Dir string }

// history is history.json.
type history struct {
	Loss        []float64 `json:"loss"`
	Accuracy    []float64 `json:"accuracy"`
	ValLoss     []float64 `json:"val_loss"`
	ValAccuracy []float64 `json:"val_accuracy"`
	Seconds     []float64 `json:"seconds"`
}

func (r *Run) path(name string) string { return filepath.Join(r.Dir, name) }
func (r *Run) ModelFile() string       { return r.path("model.json") }
func (r *Run) historyFile() string     { return r.path("history.json") }
func (r *Run) Checkpoints() string     { return r.path("checkpoints") }
func (r *Run) savedModel() string      { return r.path("saved_model") }

// newRun is a folder for a run. It refuses one that holds anything under the
// names of a run that gotf train did not write.
func newRun(dir string) (*Run, error) {
	r := &Run{filepath.Clean(dir)}
	info, err := os.Stat(r.Dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return r, nil
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, core.Errorf(tf.AlreadyExists, "%s is a file, want a folder for --out", r.Dir)
	}
	old := r.parts()
	if len(old) == 0 {
		return r, nil
	}
	if !r.complete() {
		return nil, core.Errorf(tf.AlreadyExists, "--out %s holds %s, but no run of gotf train to replace; choose another folder", r.Dir, old[0])
	}
	if foreign := r.foreign(); foreign != "" {
		return nil, core.Errorf(tf.AlreadyExists, "%s holds %s, which gotf train did not write and does not replace; choose another folder for --out", r.Dir, foreign)
	}
	return r, nil
}

// runParts are the names of all that a run consists of.
var runParts = []string{"model.json", "history.json", "checkpoints", "saved_model", sampleFile}

// sampleFile holds some test pictures, to try the model on.
const sampleFile = "sample.npy"

// parts are the names of a run that are taken.
func (r *Run) parts() (there []string) {
	for _, name := range runParts {
		if _, err := os.Lstat(r.path(name)); err == nil {
			there = append(there, name)
		}
	}
	return there
}

// complete reports whether the folder holds a run that wrote its first
// checkpoint: all later states of it have these files.
func (r *Run) complete() bool {
	model, err := os.ReadFile(r.ModelFile())
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
	var h history
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
func (r *Run) foreign() string {
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

// Latest is the run's model and its newest checkpoint.
func (r *Run) Latest() (q keras.Sequential, prefix string, err error) {
	none := core.Errorf(tf.NotFound, "%s: the run has no checkpoint yet", r.Dir)
	text, err := os.ReadFile(r.ModelFile())
	if errors.Is(err, fs.ErrNotExist) && len(r.Begun()) > 0 {
		err = none
	}
	if err != nil {
		return q, "", err
	}
	if q, err = saving.FromJSON(text); err != nil {
		return q, "", fmt.Errorf("%s: %w", r.ModelFile(), err)
	}
	if _, err := os.Stat(filepath.Join(r.Checkpoints(), "checkpoint")); errors.Is(err, fs.ErrNotExist) {
		return q, "", none
	}
	prefix, err = checkpoint.Latest(r.Checkpoints())
	return q, prefix, err
}

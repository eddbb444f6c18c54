package checkpoint

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/tf"
)

// Manager keeps the latest checkpoints of a training run in a folder, as
// DIR/ckpt-NUMBER.
// https://www.tensorflow.org/api_docs/python/tf/train/CheckpointManager
type Manager struct {
	Dir  string // made if it does not exist
	Keep int    // how many; 0: 3
}

// Save writes a checkpoint and forgets the oldest where there are too many. It
// returns the prefix written. A checkpoint with the same number is replaced.
func (m *Manager) Save(ctx context.Context, number int, entries []Entry) (string, error) {
	st, err := readState(m.Dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fail("read", filepath.Join(m.Dir, stateFile), err)
	}
	name := fmt.Sprintf("ckpt-%d", number)
	prefix := filepath.Join(m.Dir, name)
	if err := Write(ctx, prefix, entries); err != nil {
		return "", err
	}
	st.add(name, time.Now())
	keep := m.Keep
	if keep <= 0 {
		keep = 3
	}
	old := st.cut(keep)
	if err := st.write(m.Dir); err != nil {
		return "", fail("write", filepath.Join(m.Dir, stateFile), atomicfile.Cause(err))
	}
	for _, name := range old {
		for _, ending := range endings {
			if err := os.Remove(filepath.Join(m.Dir, name+ending)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return prefix, fail("remove", filepath.Join(m.Dir, name), err)
			}
		}
	}
	return prefix, nil
}

// Latest is the prefix of the newest checkpoint of a folder. It is a NotFound
// error if there is none.
// https://www.tensorflow.org/api_docs/python/tf/train/latest_checkpoint
func Latest(dir string) (string, error) {
	st, err := readState(dir)
	if err != nil {
		return "", fail("find", dir, err)
	}
	if len(st.names) == 0 {
		return "", tf.Errorf("find checkpoint "+dir, tf.NotFound, "the file %q names none", stateFile)
	}
	prefix := st.names[len(st.names)-1]
	if !filepath.IsAbs(prefix) {
		prefix = filepath.Join(dir, prefix)
	}
	if _, err := os.Stat(prefix + indexFile); err != nil {
		return "", tf.Errorf("find checkpoint "+dir, tf.FileCode(err), "the file %q names %q: %v", stateFile, brief(prefix), atomicfile.Cause(err))
	}
	return prefix, nil
}

// All are the prefixes of the checkpoints that a folder keeps, oldest first.
func All(dir string) ([]string, error) {
	st, err := readState(dir)
	if err != nil {
		return nil, fail("find", dir, err)
	}
	out := slices.Clone(st.names)
	for i, name := range out {
		if !filepath.IsAbs(name) {
			out[i] = filepath.Join(dir, name)
		}
	}
	return out, nil
}

// stateFile names the checkpoints of a folder, as text of the message
// tensorflow.CheckpointState.
const stateFile = "checkpoint"

// state is what the file holds, oldest first; the latest is the last.
type state struct {
	names []string
	times []float64
}

func (st *state) add(name string, at time.Time) {
	if i := slices.Index(st.names, name); i >= 0 {
		st.names = slices.Delete(st.names, i, i+1)
		st.times = slices.Delete(st.times, i, i+1)
	}
	st.names = append(st.names, name)
	st.times = append(st.times, float64(at.UnixMicro())/1e6)
}

// cut leaves the last few and returns the names of the others.
func (st *state) cut(keep int) []string {
	n := max(len(st.names)-keep, 0)
	old := st.names[:n]
	st.names, st.times = st.names[n:], st.times[n:]
	return old
}

func readState(dir string) (*state, error) {
	st := &state{}
	raw, err := os.ReadFile(filepath.Join(dir, stateFile))
	if err != nil {
		return st, err
	}
	latest := ""
	for i, line := range strings.Split(string(raw), "\n") {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			continue
		}
		var name string
		var at float64
		switch value = strings.TrimSpace(value); key {
		case "model_checkpoint_path":
			latest, err = unquote(value)
		case "all_model_checkpoint_paths":
			name, err = unquote(value)
			st.names = append(st.names, name)
		case "all_model_checkpoint_timestamps":
			_, err = fmt.Sscan(value, &at)
			st.times = append(st.times, at)
		}
		if err != nil {
			return nil, tf.Errorf("", tf.DataLoss, "line %d: %v", i+1, err)
		}
	}
	if latest == "" {
		return &state{}, nil
	}
	st.times = append(st.times, make([]float64, len(st.names))...)[:len(st.names)]
	at := 0.
	if i := slices.Index(st.names, latest); i >= 0 {
		at = st.times[i]
		st.names, st.times = slices.Delete(st.names, i, i+1), slices.Delete(st.times, i, i+1)
	}
	st.names, st.times = append(st.names, latest), append(st.times, at)
	return st, nil
}

// write replaces the file.
func (st *state) write(dir string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "model_checkpoint_path: %s\n", quote(st.names[len(st.names)-1]))
	for _, name := range st.names {
		fmt.Fprintf(&b, "all_model_checkpoint_paths: %s\n", quote(name))
	}
	for _, at := range st.times {
		fmt.Fprintf(&b, "all_model_checkpoint_timestamps: %.6f\n", at)
	}
	return atomicfile.WriteFile(filepath.Join(dir, stateFile), atomicfile.Bytes([]byte(b.String())))
}

// quote writes a string as text protobufs do.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

// brief cuts a text for an error in its middle.
func brief(s string) string {
	const most = 120
	if r := []rune(s); len(r) > most {
		return string(r[:most/2]) + "…" + string(r[len(r)-most/2:])
	}
	return s
}

func unquote(s string) (string, error) {
	if len(s) < 2 || s[0] != s[len(s)-1] || s[0] != '"' && s[0] != '\'' {
		return "", fmt.Errorf("expected a quoted name, got %s", brief(s))
	}
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\'`, `'`, `\n`, "\n").Replace(s[1 : len(s)-1]), nil
}

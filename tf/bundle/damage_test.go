package bundle

import (
	"bytes"
	"errors"
	"math/rand"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gotf/gotf/internal/damage"
	"github.com/gotf/gotf/tf"
)

// checkpoints are the prefixes of real ones.
var checkpoints = []string{"types", "bare/", "object/ckpt-3", "saver", "old", "old-sharded"}

// use reads all there is to read.
func use(prefix string) (read int, err error) {
	r, err := Open(prefix)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	err = r.Check()
	for i, e := range r.Entries() {
		var one error
		switch e.DType {
		case tf.String:
			_, one = r.Strings(e.Name)
		case tf.Variant:
			_, one = r.raw(e.Name, r.records[i])
		default:
			_, one = r.Bytes(e.Name)
		}
		if one == nil {
			read++
		}
		err = errors.Join(err, one)
	}
	_, one := r.Objects()
	if !errors.Is(one, tf.NotFound) {
		err = errors.Join(err, one)
	}
	return read, err
}

// TestDamage reads damaged copies of real checkpoints, in bytes and in what a
// whole index says, and bounds the time and the memory that takes.
func TestDamage(t *testing.T) { damageRounds(t, 200) }

func TestLongDamage(t *testing.T) {
	if os.Getenv("GOTF_LONG") != "1" {
		t.Skip("takes minutes: run make test-long, or set GOTF_LONG=1")
	}
	damageRounds(t, 5000)
}

func damageRounds(t *testing.T, rounds int) {
	for _, name := range checkpoints {
		t.Run(name, func(t *testing.T) {
			files, prefix := copyOf(t, name)
			refused := 0
			for i := range rounds {
				rng := rand.New(rand.NewSource(int64(i)))
				at := rng.Intn(len(files))
				change := changed
				if i%2 == 1 {
					change = damageEntries
				}
				write(t, files[at].path, change(rng, files[at].whole))
				if err := bounded(t, i, prefix); err != nil {
					refused++
					if strings.Contains(err.Error(), "\n\n") || strings.Contains(err.Error(), "tf: :") {
						t.Errorf("round %d: the error reads %q", i, err)
					}
				}
				write(t, files[at].path, files[at].whole)
			}
			if refused < rounds/2 {
				t.Errorf("%d of %d were refused", refused, rounds)
			}
			for _, f := range files { // every length
				for n := 0; n < len(f.whole); n += 1 + len(f.whole)/200 {
					write(t, f.path, f.whole[:n])
					if bounded(t, n, prefix) == nil {
						t.Errorf("%s of %d bytes was not refused", filepath.Base(f.path), n)
					}
				}
				write(t, f.path, f.whole)
			}
		})
	}
}

type file struct {
	path  string
	whole []byte
}

// copyOf copies the files of a checkpoint to be those of DIR/c.
func copyOf(t *testing.T, name string) (files []file, prefix string) {
	t.Helper()
	dir := t.TempDir()
	from, err := filepath.Glob(filepath.Join("testdata", name) + map[bool]string{true: "/.*", false: `[.\-]*`}[name == "bare/"])
	if info, _ := os.Stat("testdata/" + name); info != nil && info.Mode().IsRegular() {
		from = []string{"testdata/" + name}
	}
	if err != nil || len(from) == 0 {
		t.Fatal(name, err)
	}
	for _, path := range from {
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, "c"+strings.TrimPrefix(path, filepath.Join("testdata", name)))
		os.MkdirAll(filepath.Dir(to), 0o777)
		write(t, to, whole)
		files = append(files, file{to, whole})
	}
	if name == "bare/" {
		return files, filepath.Join(dir, "c") + "/"
	}
	return files, filepath.Join(dir, "c")
}

func write(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
}

// bounded uses a checkpoint and fails if that takes long or much.
func bounded(t *testing.T, round int, prefix string) error {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	_, err := use(prefix)
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 4<<20 {
		t.Errorf("round %d took %d bytes", round, n)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("round %d took %v", round, d)
	}
	return err
}

// damageEntries damages a key or a value of a table, whose checksums are right
// again after that.
func damageEntries(rng *rand.Rand, whole []byte) []byte {
	var out bytes.Buffer
	t, err := openTable(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		return changed(rng, whole) // a file of values
	}
	type pair struct {
		key   string
		value []byte
	}
	var pairs []pair
	t.all(func(key, value []byte) error {
		pairs = append(pairs, pair{string(key), bytes.Clone(value)})
		return nil
	})
	at := &pairs[rng.Intn(len(pairs))]
	if rng.Intn(8) == 0 && at.key != "" {
		at.key = string(changed(rng, []byte(at.key)))
	} else if len(at.value) > 0 {
		at.value = changed(rng, at.value)
	}
	w := newTableWriter(&out)
	for _, p := range pairs {
		w.add(p.key, p.value)
	}
	w.close()
	return out.Bytes()
}

// changed changes a few bytes, which need not be many.
func changed(rng *rand.Rand, b []byte) []byte {
	if len(b) > 64 {
		return damage.Bytes(rng, b)
	}
	b = bytes.Clone(b)
	for range 1 + rng.Intn(2) {
		if i := rng.Intn(len(b) + 1); i == len(b) {
			b = append(b, byte(rng.Intn(256)))
		} else if rng.Intn(8) == 0 {
			b = b[:i]
		} else {
			b[i] = []byte{b[i] ^ 1<<rng.Intn(8), byte(rng.Intn(256)), 0xff, 0x7f, 0}[rng.Intn(5)]
		}
	}
	return b
}

func FuzzOpen(f *testing.F) {
	for _, name := range []string{"types", "bare/", "object/ckpt-3"} {
		index, _ := os.ReadFile("testdata/" + name + indexEnding)
		data, err := os.ReadFile("testdata/" + name + dataEnding)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(index, data)
	}
	f.Fuzz(func(t *testing.T, index, data []byte) {
		prefix := filepath.Join(t.TempDir(), "c")
		write(t, prefix+indexEnding, index)
		write(t, prefix+dataEnding, data)
		use(prefix)
	})
}

// FuzzEntry gives the reader of entries what no checksum guards.
func FuzzEntry(f *testing.F) {
	for _, name := range checkpoints[:4] {
		r, err := Open("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		file, err := os.ReadFile("testdata/" + name + indexEnding)
		if err != nil {
			f.Fatal(err)
		}
		t, _ := openTable(bytes.NewReader(file), int64(len(file)))
		t.all(func(key, value []byte) error {
			f.Add(string(key), bytes.Clone(value))
			return nil
		})
		r.Close()
	}
	f.Fuzz(func(t *testing.T, key string, value []byte) {
		r := &Reader{prefix: "none", shards: 1, parts: map[string]record{}, files: map[int32]*os.File{}}
		at, err := r.readEntry(key, value)
		if err != nil {
			return
		}
		r.entries, r.records = []Entry{{Name: key, DType: at.dtype, Shape: at.shape}}, []record{at}
		if r.joinParts() == nil {
			if n := at.shape.NumElements(); n < 0 {
				t.Errorf("shape %v was let through", at.shape)
			}
		}
	})
}

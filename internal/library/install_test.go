package library

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	thirdparty "github.com/gotf/gotf/third_party"
)

// wheel writes a small wheel into dir, one that pip accepts, and returns the
// library that it would be the pin of.
func wheel(t *testing.T, dir string) thirdparty.Library {
	t.Helper()
	a := thirdparty.Archive{
		Client: "pip", Package: "gotf-sample", Version: "1.0", Python: "3.11", Implementation: "cp", ABI: "cp311",
		Platforms: []string{"manylinux2014_x86_64"}, Licence: "MIT",
		File:    "gotf_sample-1.0-cp311-cp311-manylinux2014_x86_64.whl",
		Headers: []string{"sample/include/c/"},
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name, text string) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(text))
	}
	member := func(name, text, role string) {
		add("sample/"+name, text)
		sum := sha256.Sum256([]byte(text))
		a.Members = append(a.Members, thirdparty.Member{Path: "sample/" + name, Name: name, Role: role,
			Size: int64(len(text)), SHA256: hex.EncodeToString(sum[:])})
	}
	member("libtensorflow_cc.so.2", strings.Repeat("code", 50_000), "")
	member("libtensorflow_framework.so.2", "framework", "")
	member("LICENSE", "free", thirdparty.Licence)
	add("sample/include/c/api.h", "int f(void);")
	add("sample/include/other.h", "")
	add("gotf_sample-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: gotf-sample\nVersion: 1.0\n")
	add("gotf_sample-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: cp311-cp311-manylinux2014_x86_64\n")
	add("gotf_sample-1.0.dist-info/RECORD", "")
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b.Bytes())
	a.Size, a.SHA256 = int64(b.Len()), hex.EncodeToString(sum[:])
	if err := os.WriteFile(filepath.Join(dir, a.File), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return thirdparty.Library{Library: "tensorflow-cpu", Version: "1.0", Kind: thirdparty.TensorFlow, Archives: []thirdparty.Archive{a}}
}

func installOne(ctx context.Context, o Options, cache string, l thirdparty.Library) (Installed, error) {
	all, err := installAll(ctx, o, cache, []thirdparty.Library{l})
	if err != nil {
		return Installed{}, err
	}
	return all[0], nil
}

// onlyFolders fails if anything but whole libraries and locks is in cache.
func onlyFolders(t *testing.T, cache string, want ...string) {
	t.Helper()
	entries, _ := os.ReadDir(cache)
	var got []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".lock-") {
			got = append(got, e.Name())
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("the cache holds %q, want %q", got, want)
	}
}

func TestInstallFrom(t *testing.T) {
	from, cache := t.TempDir(), filepath.Join(t.TempDir(), "deep", "gotf")
	l := wheel(t, from)
	var steps []string
	o := Options{From: from, Progress: func(step string, _, _ int64) { steps = append(steps, step) }}

	in, err := installOne(t.Context(), o, cache, l)
	if err != nil || !in.Fresh {
		t.Fatalf("first: fresh %v, %v", in.Fresh, err)
	}
	if path, _ := libraryIn(TensorFlow, in.Dir); path == "" || exists(filepath.Join(in.Dir, "include")) {
		t.Errorf("the folder %s is not right", in.Dir)
	}
	onlyFolders(t, cache, "tensorflow-cpu-1.0")
	if in, err = installOne(t.Context(), o, cache, l); err != nil || in.Fresh {
		t.Errorf("second: fresh %v, %v; want nothing done", in.Fresh, err)
	}
	o.Headers = true
	if in, err = installOne(t.Context(), o, cache, l); err != nil || !in.Fresh {
		t.Errorf("headers: fresh %v, %v", in.Fresh, err)
	}
	if !exists(filepath.Join(in.Dir, "include", "c", "api.h")) || exists(filepath.Join(in.Dir, "include", "other.h")) {
		t.Error("not the headers that were asked for")
	}
	if n := in.Notices(); len(n) != 1 || n[0].Path != filepath.Join(in.Dir, "LICENSE") {
		t.Errorf("notices %v", n)
	}
}

func TestInstallRepairs(t *testing.T) {
	from, cache := t.TempDir(), t.TempDir()
	l := wheel(t, from)
	in, err := installOne(t.Context(), Options{From: from}, cache, l)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(in.Dir, "libtensorflow_framework.so.2")
	for _, tc := range []struct {
		name   string
		text   string
		verify bool
		want   bool
	}{
		{"truncated", "frame", false, true},
		{"changed, not looked at", "fRamework", false, false},
		{"changed, verified", "fRamework", true, true},
		{"right, verified", "framework", true, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if err := os.WriteFile(file, []byte(tc.text), 0o644); err != nil {
				t.Fatal(err)
			}
			in, err := installOne(t.Context(), Options{From: from, Verify: tc.verify}, cache, l)
			if err != nil || in.Fresh != tc.want {
				t.Errorf("fresh %v, %v; want %v", in.Fresh, err, tc.want)
			}
		})
	}
}

func TestInstallLooseFiles(t *testing.T) {
	from, cache := t.TempDir(), t.TempDir()
	l := wheel(t, t.TempDir())
	_, err := installOne(t.Context(), Options{From: from}, cache, l)
	if err == nil || !strings.Contains(err.Error(), "neither "+l.Archives[0].File+" nor its libtensorflow_cc.so.2, libtensorflow_framework.so.2 is there") {
		t.Errorf("an empty folder: err = %v", err)
	}
	place(t, from)
	_, err = installOne(t.Context(), Options{From: from}, cache, l)
	if err == nil || !strings.Contains(err.Error(), "sha256 is 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881, want "+l.Archives[0].Members[0].SHA256) {
		t.Errorf("a wrong file: err = %v", err)
	}
	onlyFolders(t, cache)
	os.WriteFile(filepath.Join(from, "libtensorflow_cc.so.2"), []byte(strings.Repeat("code", 50_000)), 0o644)
	os.WriteFile(filepath.Join(from, "libtensorflow_framework.so.2"), []byte("framework"), 0o644)
	for i, want := range []bool{true, false} {
		if in, err := installOne(t.Context(), Options{From: from}, cache, l); err != nil || in.Fresh != want {
			t.Errorf("run %d: fresh %v, %v; want %v", i, in.Fresh, err, want)
		}
	}
}

func TestInstallBadArchives(t *testing.T) {
	for _, tc := range []struct {
		name  string
		spoil func(t *testing.T, file string, l *thirdparty.Archive)
		want  string
	}{
		{"one byte changed", func(t *testing.T, file string, _ *thirdparty.Archive) {
			b, _ := os.ReadFile(file)
			b[len(b)/2] ^= 1
			os.WriteFile(file, b, 0o644)
		}, "sha256 is"},
		{"truncated", func(t *testing.T, file string, _ *thirdparty.Archive) { os.Truncate(file, 1000) }, "sha256 is"},
		{"a member is missing", func(t *testing.T, _ string, a *thirdparty.Archive) { a.Members[0].Path = "sample/none.so" }, "holds no sample/none.so"},
		{"a member differs", func(t *testing.T, _ string, a *thirdparty.Archive) {
			a.Members[0].SHA256 = strings.Repeat("0", 64)
		}, "libtensorflow_cc.so.2: sha256 is"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			from, cache := t.TempDir(), t.TempDir()
			l := wheel(t, from)
			file := filepath.Join(from, l.Archives[0].File)
			tc.spoil(t, file, &l.Archives[0])
			_, err := installOne(t.Context(), Options{From: from}, cache, l)
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), l.Archives[0].File) {
				t.Errorf("err = %v, want the file and %q", err, tc.want)
			}
			onlyFolders(t, cache)
		})
	}
}

func TestInstallInterrupted(t *testing.T) {
	from, cache := t.TempDir(), t.TempDir()
	l := wheel(t, from)
	l.Archives[0].Members[0].Size = tellEvery // so that its steps are told
	ctx, cancel := context.WithCancel(t.Context())
	o := Options{From: from, Progress: func(step string, _, _ int64) {
		if strings.Contains(step, "unpacking") {
			cancel()
		}
	}}
	if _, err := installOne(ctx, o, cache, l); !errors.Is(err, context.Canceled) {
		t.Errorf("err = %v, want context.Canceled", err)
	}
	onlyFolders(t, cache)
}

func TestInstallAfterKill(t *testing.T) {
	from, cache := t.TempDir(), t.TempDir()
	l := wheel(t, from)
	place(t, filepath.Join(cache, ".tmp-tensorflow-cpu-1.0-123", "ready"))
	if _, err := installOne(t.Context(), Options{From: from}, cache, l); err != nil {
		t.Fatal(err)
	}
	onlyFolders(t, cache, "tensorflow-cpu-1.0")
}

func TestInstallAtOnce(t *testing.T) {
	from, cache := t.TempDir(), t.TempDir()
	l := wheel(t, from)
	var wg sync.WaitGroup
	var mu sync.Mutex
	fresh := 0
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			in, err := installOne(t.Context(), Options{From: from}, cache, l)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if in.Fresh {
				fresh++
			}
		}()
	}
	wg.Wait()
	if fresh != 1 {
		t.Errorf("%d of 8 installs did the work, want 1", fresh)
	}
	onlyFolders(t, cache, "tensorflow-cpu-1.0")
}

func TestInstallUnwritable(t *testing.T) {
	from := t.TempDir()
	l := wheel(t, from)
	file := filepath.Join(from, l.Archives[0].File)
	for _, cache := range []string{filepath.Join(file, "gotf"), "/proc/gotf"} {
		_, err := installOne(t.Context(), Options{From: from}, cache, l)
		if err == nil || !strings.Contains(err.Error(), "cache folder") || !strings.Contains(err.Error(), filepath.Dir(cache)) {
			t.Errorf("cache %s: err = %v, want a word on the cache folder", cache, err)
		}
	}
}

func TestChoose(t *testing.T) {
	for _, tc := range []struct {
		o    Options
		want string
	}{
		{Options{}, "tensorflow-cpu-2.18.0 tensorflow-lite-2.20.0-1.5.13"},
		{Options{Version: "2.21.0"}, "tensorflow-cpu-2.21.0 tensorflow-lite-2.20.0-1.5.13"},
		{Options{GPU: true}, "tensorflow-gpu-2.18.0 tensorflow-lite-2.20.0-1.5.13"},
		{Options{Version: "1.15"}, "TensorFlow 1.15 is not known, want 2.18.0 or 2.21.0"},
	} {
		t.Run(fmt.Sprint(tc.o.Version, tc.o.GPU), func(t *testing.T) {
			libs, err := choose(thirdparty.Libraries(), tc.o)
			got := fmt.Sprint(err)
			if err == nil {
				var names []string
				for _, l := range libs {
					names = append(names, l.Folder())
				}
				got = strings.Join(names, " ")
			}
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

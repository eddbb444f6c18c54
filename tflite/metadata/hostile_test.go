package metadata_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/metadata"
)

// zipped puts a zip archive with files behind data, as other programs do.
func zipped(t testing.TB, data []byte, absolute bool, files ...[2]string) []byte {
	t.Helper()
	out := bytes.NewBuffer(bytes.Clone(data))
	z := zip.NewWriter(out)
	if absolute {
		z.SetOffset(int64(len(data)))
	}
	for _, f := range files {
		w, err := z.Create(f[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestArchives(t *testing.T) {
	data := readModel(t, "conv.tflite")
	for _, absolute := range []bool{false, true} {
		p, err := metadata.Read(zipped(t, data, absolute, [2]string{"labels.txt", strings.Repeat("label\n", 100)}, [2]string{"b", ""}))
		if err != nil || len(p.Files["labels.txt"]) != 600 || len(p.Files) != 2 {
			t.Errorf("offsets from the start of the file %v: %v, %v", absolute, p, err)
		}
	}
	if p, err := metadata.Read(zipped(t, data, true)); err != nil || len(p.Files) != 0 {
		t.Errorf("an empty archive: %v, %v", p, err)
	}
}

func TestHostileArchives(t *testing.T) {
	data := readModel(t, "conv.tflite")
	good := zipped(t, data, true, [2]string{"labels.txt", "a\n"})
	for _, tc := range []struct {
		name, want string
		data       []byte
	}{
		{"parent", `"../x": want a plain file name`, zipped(t, data, true, [2]string{"../x", "a"})},
		{"absolute", `"/etc/x": want a plain file name`, zipped(t, data, true, [2]string{"/etc/x", "a"})},
		{"windows", `"..\\x": want a plain file name`, zipped(t, data, true, [2]string{`..\x`, "a"})},
		{"drive", `"C:x": want a plain file name`, zipped(t, data, true, [2]string{"C:x", "a"})},
		{"folder", `"d/x": want a plain file name`, zipped(t, data, true, [2]string{"d/x", "a"})},
		{"dots", `"..": want a plain file name`, zipped(t, data, true, [2]string{"..", "a"})},
		{"twice", `"x" is there twice`, zipped(t, data, true, [2]string{"x", "a"}, [2]string{"x", "b"})},
		{"link", `"labels.txt" is a link`, asLink(good)},
		{"many bombs", `the associated files grow from`, zipped(t, data, true, bombs()...)},
		{"bomb", `"bomb" grows from`, zipped(t, data, true, [2]string{"bomb", strings.Repeat("\x00", 8<<20)})},
		{"checksum", `"labels.txt" is damaged`, change(good, "PK\x01\x02", 16)},
		{"local name", `"labels.txt" has another name`, change(good, "labels.txt", 0)},
		{"signature", `"labels.txt" does not begin`, change(good, "PK\x03\x04", 3)},
		{"directory", "damaged archive", change(good, "PK\x05\x06", 14)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := metadata.Read(tc.data)
			if !errors.Is(err, tf.DataLoss) || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("err = %v, want %s", err, tc.want)
			}
		})
	}
}

// asLink makes the first entry of an archive a symbolic link.
func asLink(data []byte) []byte {
	out := bytes.Clone(data)
	entry := out[bytes.Index(out, []byte("PK\x01\x02")):]
	entry[5] = 3 // made on Unix
	binary.LittleEndian.PutUint32(entry[38:], 0o120777<<16)
	return out
}

// bombs are files that are each too small to be one.
func bombs() (files [][2]string) {
	for i := range 16 {
		files = append(files, [2]string{string(rune('a' + i)), strings.Repeat("\x00", 1<<20)})
	}
	return files
}

// TestCase reads names that differ only in case, as the official reader does,
// but does not extract them to one folder.
func TestCase(t *testing.T) {
	data := readModel(t, "conv.tflite")
	for _, names := range [][2]string{{"Labels.txt", "labels.txt"}, {"labels.txt", "labels.txt."}, {"ſ", "s"}} {
		packed := zipped(t, data, true, [2]string{names[0], "a"}, [2]string{names[1], "b"})
		p, err := metadata.Read(packed)
		if err != nil || string(p.Files[names[0]]) != "a" || string(p.Files[names[1]]) != "b" {
			t.Errorf("%q: %v, %v", names, p, err)
			continue
		}
		again, err := metadata.Read(write(t, data, p))
		if err != nil || len(again.Files) != 2 {
			t.Errorf("%q: written again: %v, %v", names, again, err)
		}
		dir := filepath.Join(t.TempDir(), "new")
		_, err = p.Extract(dir, true)
		if !errors.Is(err, tf.InvalidArgument) || !strings.Contains(err.Error(), strconv.Quote(names[0])) || !strings.Contains(err.Error(), strconv.Quote(names[1])) {
			t.Errorf("%q: extracted: %v", names, err)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%q: the folder was made", names)
		}
	}
}

// change alters the byte at an offset from the first place of mark.
func change(data []byte, mark string, offset int) []byte {
	out := bytes.Clone(data)
	out[bytes.Index(out, []byte(mark))+offset] ^= 0x55
	return out
}

// TestMutations damages packaged models: errors, never a crash, and what Write
// takes can be read again.
func TestMutations(t *testing.T) {
	data := readModel(t, "conv.tflite")
	packed := write(t, data, full())
	random := rand.New(rand.NewPCG(1, 2))
	read := 0
	for range 4000 {
		bad := bytes.Clone(packed)
		if random.IntN(8) == 0 {
			bad = bad[:random.IntN(len(bad))]
		}
		for range 1 + random.IntN(4) {
			if len(bad) < 8 {
				break
			}
			if at := random.IntN(len(bad) - 4); random.IntN(2) == 0 {
				bad[at] ^= 1 << random.IntN(8)
			} else {
				binary.LittleEndian.PutUint32(bad[at:], []uint32{0, 0xffffffff, 0x7fffffff, 99, uint32(len(bad))}[random.IntN(5)])
			}
		}
		p, err := metadata.Read(bad)
		if err != nil {
			if strings.Contains(err.Error(), "\n") || len(err.Error()) > 500 {
				t.Errorf("error %q", err)
			}
			continue
		}
		read++
		if out, err := metadata.Write(bad, p); err == nil {
			if _, err := metadata.Read(out); err != nil {
				t.Errorf("Write made what Read refuses: %v", err)
			}
		}
		if out, err := metadata.Remove(bad); err == nil {
			if p, err := metadata.Read(out); err != nil || p.Metadata != nil {
				t.Errorf("Remove made %+v, %v", p, err)
			}
		}
	}
	t.Log(read, "were read")
}

// TestExtract stays in its folder and leaves what is there.
func TestExtract(t *testing.T) {
	p := full()
	dir := filepath.Join(t.TempDir(), "new")
	names, err := p.Extract(dir, false)
	if err != nil || len(names) != len(p.Files)+1 {
		t.Fatal(names, err)
	}
	if _, err := p.Extract(dir, false); !errors.Is(err, tf.AlreadyExists) {
		t.Errorf("a second time: %v", err)
	}
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "labels.txt")
	os.Remove(link)
	if err := os.Symlink(outside, link); err != nil {
		t.Skip(err)
	}
	if _, err := p.Extract(dir, true); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(outside); string(text) != "mine" {
		t.Errorf("a link led out of the folder: %q", text)
	}
	p.Files["../out"] = nil
	if _, err := p.Extract(dir, true); !errors.Is(err, tf.InvalidArgument) {
		t.Errorf("a name with a folder: %v", err)
	}
}

// TestOthers keeps metadata entries of other writers.
func TestOthers(t *testing.T) {
	data := readModel(t, "conv.tflite")
	if !bytes.Contains(data, []byte("min_runtime_version")) {
		t.Fatal("the model has no entry of another writer")
	}
	packed := write(t, data, full())
	if got, want := metadata.Entries(packed), metadata.Entries(data); len(want) == 0 || strings.Join(got, " ") != strings.Join(append(want, "TFLITE_METADATA"), " ") {
		t.Errorf("entries %v, before %v", got, want)
	}
}

// TestOuterBuffer moves buffers that lie behind the flatbuffer with it.
func TestOuterBuffer(t *testing.T) {
	data, i := metadata.WithOuterBuffer(readModel(t, "conv.tflite"))
	want := bytes.Clone(metadata.BufferAt(data, i))
	packed := write(t, data, full())
	if again := write(t, packed, full()); !bytes.Equal(again, packed) {
		t.Error("writing twice makes another file")
	}
	if !bytes.Equal(metadata.BufferAt(packed, i), want) {
		t.Error("the buffer has another content")
	}
	if plain, err := metadata.Remove(packed); err != nil || !bytes.Equal(plain, data) {
		t.Errorf("Remove does not give the model back: %v", err)
	}
}

// TestNewer keeps what only a newer schema has, and refuses to lose it.
func TestNewer(t *testing.T) {
	data := readModel(t, "conv.tflite")
	packed := write(t, data, &metadata.Package{Metadata: onlyName(t, data)})
	newer := metadata.WithNewerField(packed)
	p, err := metadata.Read(newer)
	if err != nil {
		t.Fatal(err)
	}
	p.Files["a"] = []byte("a")
	out := write(t, newer, p)
	if !bytes.Contains(out, []byte("of the future")) {
		t.Error("the newer field is gone")
	}
	p.Metadata.Name = "other"
	if _, err := metadata.Write(newer, p); err == nil || !strings.Contains(err.Error(), "of a newer schema") {
		t.Errorf("err = %v", err)
	}
}

func FuzzRead(f *testing.F) {
	data := readModel(f, "conv.tflite")
	f.Add(write(f, data, full()))
	f.Add(zipped(f, data, false, [2]string{"a", "b"}))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := metadata.Read(data); err == nil {
			metadata.Write(data, p) // must return
		}
	})
}

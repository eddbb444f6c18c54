package datasets_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gotf/gotf/keras/datasets"
)

const (
	trainImages = "train-images-idx3-ubyte"
	trainLabels = "train-labels-idx1-ubyte"
	testImages  = "t10k-images-idx3-ubyte"
	testLabels  = "t10k-labels-idx1-ubyte"
)

// idx makes an idx file.
func idx(magic uint32, sizes []uint32, data ...byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, magic)
	for _, s := range sizes {
		b = binary.BigEndian.AppendUint32(b, s)
	}
	return append(b, data...)
}

func gz(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// small is a whole folder: two training images and one test image of 1x3.
func small() map[string][]byte {
	return map[string][]byte{
		trainImages: idx(0x803, []uint32{2, 1, 3}, 1, 2, 3, 4, 5, 6),
		trainLabels: idx(0x801, []uint32{2}, 9, 0),
		testImages:  idx(0x803, []uint32{1, 1, 3}, 7, 8, 9),
		testLabels:  idx(0x801, []uint32{1}, 3),
	}
}

func put(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFolder(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(files map[string][]byte)
	}{
		{"plain", func(map[string][]byte) {}},
		{"gzipped", func(files map[string][]byte) {
			for name, b := range small() {
				delete(files, name)
				files[name+".gz"] = gz(t, b)
			}
		}},
		{"dotted names", func(files map[string][]byte) {
			files["train-images.idx3-ubyte"] = files[trainImages]
			files["t10k-labels.idx1-ubyte.gz"] = gz(t, files[testLabels])
			delete(files, trainImages)
			delete(files, testLabels)
		}},
		{"gzipped without the ending", func(files map[string][]byte) { files[trainImages] = gz(t, files[trainImages]) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			files := small()
			tc.change(files)
			dir := put(t, files)
			d, err := datasets.Load(dir, 0)
			if err != nil {
				t.Fatal(err)
			}
			if d.Name != dir || d.Classes != 10 || d.Train.N != 2 || d.Train.Rows != 1 || d.Train.Cols != 3 || d.Test.N != 1 {
				t.Errorf("got %+v", d)
			}
			if !slices.Equal(d.Train.Images, []uint8{1, 2, 3, 4, 5, 6}) || !slices.Equal(d.Train.Labels, []int32{9, 0}) ||
				!slices.Equal(d.Test.Images, []uint8{7, 8, 9}) || !slices.Equal(d.Test.Labels, []int32{3}) {
				t.Errorf("got %v", d)
			}
		})
	}
}

func TestMoreClasses(t *testing.T) {
	files := small()
	files[testLabels] = idx(0x801, []uint32{1}, 25)
	if d, err := datasets.Load(put(t, files), 26); err != nil || d.Classes != 26 || d.Test.Labels[0] != 25 {
		t.Errorf("got %v, %v; want label 25 of 26 classes", d, err)
	}
}

func TestBadFolder(t *testing.T) {
	for _, tc := range []struct {
		name, file string
		content    []byte // nil: the file is missing
		want       string // after the file's path
		is         error
	}{
		{"missing", trainImages, nil, ": file does not exist (nor train-images-idx3-ubyte.gz, train-images.idx3-ubyte, train-images.idx3-ubyte.gz)", fs.ErrNotExist},
		{"missing labels", testLabels, nil, ": file does not exist (nor ", fs.ErrNotExist},
		{"empty", trainImages, []byte{}, ": cut short: expected 4 bytes of magic number, got 0", io.ErrUnexpectedEOF},
		{"sizes cut", trainImages, small()[trainImages][:9], ": cut short: expected 12 bytes of sizes, got 5", io.ErrUnexpectedEOF},
		{"data cut", trainImages, small()[trainImages][:18], ": cut short: expected 6 bytes of data for [2 1 3], got 2", io.ErrUnexpectedEOF},
		{"more data", trainImages, append(small()[trainImages], 0), ": expected 6 bytes of data for [2 1 3], got more", nil},
		{"labels for images", trainImages, small()[trainLabels], ": expected magic number 0x00000803 (unsigned bytes in 3 dimensions), got 0x00000801 (unsigned bytes in 1 dimensions)", nil},
		{"floats", trainLabels, idx(0xd01, []uint32{2}, 0, 0, 0, 0, 0, 0, 0, 0), ": expected magic number 0x00000801 (unsigned bytes in 1 dimensions), got 0x00000d01 (float32 in 1 dimensions)", nil},
		{"no idx", testImages, []byte("PNG picture"), ": expected magic number 0x00000803 (unsigned bytes in 3 dimensions), got 0x504e4720", nil},
		{"no images", trainImages, idx(0x803, []uint32{0, 28, 28}), ": expected at least one image, got 0 of 28x28", nil},
		{"no pixels", trainImages, idx(0x803, []uint32{2, 0, 28}), ": expected at least one image, got 2 of 0x28", nil},
		{"too few labels", trainLabels, idx(0x801, []uint32{1}, 4), ": expected 2 labels, one for each image of train-images-idx3-ubyte, got 1", nil},
		{"label out of range", trainLabels, idx(0x801, []uint32{2}, 4, 10), ": label number 2 of 2: expected 0 to 9, got 10", nil},
		{"overflow", trainImages, idx(0x803, []uint32{1 << 30, 1 << 30, 1 << 30}), ": expected at most 8589934592 bytes, the header says [1073741824 1073741824 1073741824]", nil},
		{"too large a size", trainImages, idx(0x803, []uint32{1 << 31, 1, 1}), ": expected sizes below 2^31, got 2147483648", nil},
		{"more than there is", trainImages, idx(0x803, []uint32{1 << 22, 28, 28}), ": cut short: expected 3288334336 bytes of data", io.ErrUnexpectedEOF},
		{"gzip cut in its header", trainImages, gz(t, small()[trainImages])[:5], ": cut short: expected a gzip header", io.ErrUnexpectedEOF},
		{"gzip cut", trainImages, gz(t, small()[trainImages])[:20], ": cut short: expected ", io.ErrUnexpectedEOF},
		{"gzip checksum", trainImages, spoil(gz(t, small()[trainImages]), -6), ": corrupt gzip: expected the end of the file: gzip: invalid checksum", gzip.ErrChecksum},
		{"gzip data", trainImages, spoil(gz(t, small()[trainImages]), 10), ": corrupt gzip: ", nil},
		{"gzip header", trainImages, spoil(gz(t, small()[trainImages]), 2), ": corrupt gzip: expected a gzip header: gzip: invalid header", gzip.ErrHeader},
		{"other size", testImages, idx(0x803, []uint32{1, 3, 1}, 7, 8, 9), "", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			files := small()
			if files[tc.file] = tc.content; tc.content == nil {
				delete(files, tc.file)
			}
			dir := put(t, files)
			_, err := datasets.Load(dir, 0)
			want := "datasets: " + filepath.Join(dir, tc.file) + tc.want
			if tc.want == "" {
				want = "datasets: " + dir + ": expected test images of 1x3 as the training images are, got 3x1"
			}
			oneLine(t, err, want)
			if tc.is != nil && !errors.Is(err, tc.is) {
				t.Errorf("err = %v, want %v", err, tc.is)
			}
		})
	}
}

// spoil flips the bits of the byte at i, from the end if i is negative.
func spoil(b []byte, i int) []byte {
	if i < 0 {
		i += len(b)
	}
	b[i] ^= 0xff
	return b
}

func TestReadIDX(t *testing.T) {
	dir := put(t, map[string][]byte{
		"four": idx(0x804, []uint32{1, 2, 1, 2}, 1, 2, 3, 4),
		"none": idx(0x800, nil),
		"int":  idx(0xc01, []uint32{1}, 0, 0, 0, 1),
		"huge": idx(0x8ff, []uint32{1}),
	})
	x, err := datasets.ReadIDX(filepath.Join(dir, "four"))
	if err != nil || !slices.Equal(x.Shape, []int{1, 2, 1, 2}) || !slices.Equal(x.Data, []uint8{1, 2, 3, 4}) {
		t.Errorf("got %v, %v", x, err)
	}
	for name, want := range map[string]string{
		"none":    ": expected magic number 0x000008NN (unsigned bytes in NN dimensions), got 0x00000800",
		"int":     ", got 0x00000c01 (32-bit integers in 1 dimensions)",
		"huge":    ": cut short: expected 1020 bytes of sizes, got 4",
		"nowhere": "nowhere: ",
	} {
		_, err := datasets.ReadIDX(filepath.Join(dir, name))
		oneLine(t, err, want)
	}
	_, err = datasets.ReadIDX(dir)
	oneLine(t, err, "datasets: "+dir+": expected a file, got a folder")
}

func FuzzReadIDX(f *testing.F) {
	for _, b := range small() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(path, b, 0o666); err != nil {
			t.Fatal(err)
		}
		x, err := datasets.ReadIDX(path)
		if err != nil {
			oneLine(t, err, path)
			return
		}
		n := 1
		for _, d := range x.Shape {
			n *= d
		}
		if n != len(x.Data) {
			t.Errorf("shape %v with %d values", x.Shape, len(x.Data))
		}
	})
}

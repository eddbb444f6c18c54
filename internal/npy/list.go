package npy

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/gotf/gotf/internal/plainfile"
)

// Info describes an array without its values.
type Info struct {
	Name  string // in an .npz archive; "" of a .npy file
	DType string // as of an Array
	Shape []int64
	Size  int64 // bytes of the values in the file, not compressed
}

// List describes the arrays of a .npy or .npz file. Of the values it checks only
// that there are as many bytes as they take.
func List(path string) (infos []Info, err error) {
	f, err := plainfile.Open(path)
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	if infos, err = headers(f, info); err != nil {
		return nil, fmt.Errorf("npy: %s: %w", path, err)
	}
	return infos, nil
}

func headers(f *os.File, info os.FileInfo) ([]Info, error) {
	r := bufio.NewReader(f)
	if start, _ := r.Peek(2); string(start) != "PK" {
		array, err := describe(r, info.Size())
		return []Info{array}, err
	}
	archive, err := zip.NewReader(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	var infos []Info
	for _, member := range archive.File {
		array, err := describeMember(member)
		if err != nil {
			return nil, fmt.Errorf("member %s: %w", show(member.Name), err)
		}
		infos = append(infos, array)
	}
	return infos, nil
}

func describeMember(member *zip.File) (Info, error) {
	r, err := member.Open()
	if err != nil {
		return Info{}, err
	}
	defer r.Close()
	array, err := describe(r, int64(min(member.UncompressedSize64, 1<<62)))
	array.Name = strings.TrimSuffix(member.Name, ".npy")
	return array, err
}

// describe reads the header of an array that takes size bytes with it.
func describe(r io.Reader, size int64) (Info, error) {
	s := &source{r: r, left: size}
	h, err := readHeader(s)
	if err != nil {
		return Info{}, err
	}
	n, err := count(h.shape, h.size)
	want := n * h.size
	switch {
	case err != nil:
		return Info{}, err
	case h.kind == 'O':
		want = s.left // as long as the pickle is
	case want > s.left:
		return Info{}, short(want, s.left, fmt.Sprintf("%s %v", h.dtype, h.shape))
	case want < s.left:
		return Info{}, fmt.Errorf("expected the end of the file after %d bytes of the array, got %d more", want, s.left-want)
	}
	return Info{DType: h.dtype, Shape: h.shape, Size: want}, nil
}

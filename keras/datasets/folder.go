package datasets

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// folder is where four idx files are.
type folder struct {
	fs    fs.FS
	where string // its path, for errors
}

func (f folder) load() (*Dataset, error) {
	train, err := f.split("train")
	if err != nil {
		return nil, err
	}
	test, err := f.split("t10k")
	if err != nil {
		return nil, err
	}
	if train.Rows != test.Rows || train.Cols != test.Cols {
		return nil, fmt.Errorf("%s: expected test images of %dx%d as the training images are, got %dx%d",
			f.where, train.Rows, train.Cols, test.Rows, test.Cols)
	}
	return &Dataset{Train: *train, Test: *test}, nil
}

// split reads the images and labels whose files start with prefix.
func (f folder) split(prefix string) (*Split, error) {
	images, imagesPath, err := f.read(prefix+"-images", 3)
	if err != nil {
		return nil, err
	}
	labels, labelsPath, err := f.read(prefix+"-labels", 1)
	if err != nil {
		return nil, err
	}
	s := &Split{Images: images.Data, N: images.Shape[0], Rows: images.Shape[1], Cols: images.Shape[2], labelsPath: labelsPath}
	if s.N == 0 || s.Rows == 0 || s.Cols == 0 {
		return nil, fmt.Errorf("%s: expected at least one image, got %d of %dx%d", imagesPath, s.N, s.Rows, s.Cols)
	}
	if n := labels.Shape[0]; n != s.N {
		return nil, fmt.Errorf("%s: expected %d labels, one for each image of %s, got %d",
			labelsPath, s.N, filepath.Base(imagesPath), n)
	}
	s.Labels = make([]int32, s.N)
	for i, label := range labels.Data {
		s.Labels[i] = int32(label)
	}
	return s, nil
}

// check fails if a label is not in 0..classes-1.
func (s *Split) check(classes int) error {
	for i, label := range s.Labels {
		if int(label) >= classes {
			return fmt.Errorf("%s: label number %d of %d: expected 0 to %d, got %d", s.labelsPath, i+1, len(s.Labels), classes-1, label)
		}
	}
	return nil
}

// read reads the idx file of that stem and rank under any of its names, and
// says which one that was.
func (f folder) read(stem string, rank int) (x *IDX, path string, err error) {
	first := fmt.Sprintf("%s-idx%d-ubyte", stem, rank)
	second := fmt.Sprintf("%s.idx%d-ubyte", stem, rank)
	names := []string{first, first + ".gz", second, second + ".gz"}
	for _, name := range names {
		x, err := readIDX(f.fs, name, rank)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		path := filepath.Join(f.where, name)
		if err != nil {
			err = fmt.Errorf("%s: %w", path, err)
		}
		return x, path, err
	}
	return nil, "", fmt.Errorf("%s: %w (nor %s)", filepath.Join(f.where, first), fs.ErrNotExist, strings.Join(names[1:], ", "))
}

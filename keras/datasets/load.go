package datasets

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gotf/gotf/testdata"
)

// Dataset is a set of labelled images in two parts.
type Dataset struct {
	Name        string // as given to Load
	Train, Test Split  // images of one size
	Classes     int    // labels are in 0..Classes-1
}

// Split is one part of a Dataset.
type Split struct {
	Images        []uint8 // [N, Rows, Cols], 0 is MNIST's background
	Labels        []int32 // [N]
	N, Rows, Cols int

	labelsPath string // for errors
}

const (
	mnist   = "mnist"
	mnist5k = "mnist-5k"

	// digits is the number of classes of MNIST, and the default.
	digits = 10
)

// Load reads the data set of a name (see the package's comment), or of a
// folder. classes is the number of classes that labels may tell apart; 0 means
// 10, as in MNIST.
func Load(name string, classes int) (*Dataset, error) {
	if classes == 0 {
		classes = digits
	}
	if classes < 1 {
		return nil, fmt.Errorf("datasets: expected 1 class or more, got %d", classes)
	}
	d, err := load(name)
	if err == nil {
		err = d.Train.check(classes)
	}
	if err == nil {
		err = d.Test.check(classes)
	}
	if err != nil {
		return nil, fmt.Errorf("datasets: %w", err)
	}
	d.Name, d.Classes = name, classes
	return d, nil
}

func load(name string) (*Dataset, error) {
	switch name {
	case mnist:
		return loadMNIST()
	case mnist5k:
		sub, err := fs.Sub(testdata.MNIST5K, mnist5k)
		if err != nil {
			return nil, err
		}
		return folder{sub, mnist5k}.load()
	}
	info, err := os.Stat(name)
	switch {
	case err != nil && errors.Is(err, fs.ErrNotExist):
		return nil, unknown(name)
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, fmt.Errorf("%s: expected a folder of idx files, got a file", name)
	}
	return folder{os.DirFS(name), name}.load()
}

// loadMNIST reads the whole MNIST from the cache folder, and nothing less.
func loadMNIST() (*Dataset, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("mnist: no cache folder to find it in: %w", err)
	}
	dir := filepath.Join(cache, "gotf", "data", mnist)
	const command = "fetch it with: scripts/data mnist"
	d, err := folder{os.DirFS(dir), dir}.load()
	if err != nil {
		return nil, fmt.Errorf("mnist: %w; %s", err, command)
	}
	for _, part := range []struct {
		name string
		s    Split
		want int
	}{{"training", d.Train, 60000}, {"test", d.Test, 10000}} {
		if part.s.N != part.want || part.s.Rows != 28 || part.s.Cols != 28 {
			return nil, fmt.Errorf("mnist: %s: expected %d %s images of 28x28, got %d of %dx%d; %s",
				dir, part.want, part.name, part.s.N, part.s.Rows, part.s.Cols, command)
		}
	}
	return d, nil
}

// unknown is the error for a name that is neither known nor a folder.
func unknown(name string) error {
	if strings.ContainsAny(name, `/\`) {
		return fmt.Errorf("folder %s: %w", name, fs.ErrNotExist)
	}
	hint := ""
	for _, known := range []string{mnist, mnist5k} {
		if hint == "" && distance(strings.ToLower(name), known) <= 2 {
			hint = fmt.Sprintf("; did you mean %q?", known)
		}
	}
	return unknownError(fmt.Sprintf("unknown data set %q: expected %s, %s or a folder of idx files%s", name, mnist, mnist5k, hint))
}

// unknownError matches fs.ErrNotExist and does not say so.
type unknownError string

func (e unknownError) Error() string { return string(e) }

func (unknownError) Unwrap() error { return fs.ErrNotExist }

// distance is the number of single letters to insert, delete or replace to
// make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

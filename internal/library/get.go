package library

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	thirdparty "github.com/gotf/gotf/third_party"
)

// get returns the path of archive a: in From, or fetched into tmp. It reports
// loose when From holds the archive's files themselves instead.
func (in *installer) get(ctx context.Context, a thirdparty.Archive, tmp string) (file string, loose bool, err error) {
	if in.From != "" {
		return in.find(a)
	}
	out := filepath.Join(tmp, "download")
	if err := os.MkdirAll(out, 0o755); err != nil {
		return "", false, err
	}
	stop := in.watch(out, in.step("fetching "+a.File), a.Size)
	if a.Client == "maven" {
		err = fetchMaven(ctx, a, out)
	} else {
		err = fetchPip(ctx, a, out)
	}
	stop()
	if err != nil {
		return "", false, fmt.Errorf("%w (or fetch %s elsewhere and use --from DIR)", err, a.File)
	}
	file = filepath.Join(out, a.File)
	if !exists(file) {
		return "", false, fmt.Errorf("the %s client succeeded without %s", a.Client, a.File)
	}
	return file, false, nil
}

// find looks for a, or else for its files, in the folder From.
func (in *installer) find(a thirdparty.Archive) (file string, loose bool, err error) {
	if file = filepath.Join(in.From, a.File); exists(file) {
		return file, false, nil
	}
	if in.Headers && len(a.Headers) > 0 {
		return "", false, fmt.Errorf("--from %s: no %s there, which has the headers", in.From, a.File)
	}
	var missing []string
	for _, m := range a.Members {
		if m.Role != thirdparty.Licence && !exists(in.looseFile(m)) {
			missing = append(missing, path.Base(m.Name))
		}
	}
	if len(missing) > 0 {
		return "", false, fmt.Errorf("--from %s: neither %s nor its %s is there", in.From, a.File, strings.Join(missing, ", "))
	}
	return "", true, nil
}

// looseFile is the place of m's file in the folder From.
func (in *installer) looseFile(m thirdparty.Member) string {
	return filepath.Join(in.From, path.Base(m.Name))
}

// watch tells Progress how much lies in dir until stop is called.
func (in *installer) watch(dir, step string, total int64) (stop func()) {
	end, ended := make(chan struct{}), make(chan struct{})
	in.Progress(step, 0, total)
	go func() {
		defer close(ended)
		for {
			select {
			case <-end:
				return
			case <-time.After(200 * time.Millisecond):
				in.Progress(step, min(sizeOf(dir), total), total)
			}
		}
	}()
	return func() {
		close(end)
		<-ended
	}
}

// sizeOf adds up the sizes of the files below dir.
func sizeOf(dir string) (size int64) {
	// Files come and go while a client runs, so errors mean nothing here.
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return fs.SkipAll
		}
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
			size += info.Size()
		}
		return nil
	})
	return size
}

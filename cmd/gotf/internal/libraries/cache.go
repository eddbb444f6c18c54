package libraries

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gotf/gotf/internal/library"
)

// cacheInfo is the folder that gotf installs into.
type cacheInfo struct {
	Dir       string   `json:"dir,omitempty"`
	Libraries []string `json:"libraries"`
	Bytes     int64    `json:"bytes"`
	FreeBytes int64    `json:"free_bytes"` // -1 where the system does not say
	Error     string   `json:"error,omitempty"`
}

func readCache() cacheInfo {
	c := cacheInfo{Libraries: []string{}, FreeBytes: -1}
	dir, err := library.CacheDir()
	if err != nil {
		c.Error = err.Error()
		return c
	}
	c.Dir = dir
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		c.Error = err.Error()
	}
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), "tensorflow-") {
			c.Libraries = append(c.Libraries, e.Name())
		}
	}
	_ = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			if info, err := e.Info(); err == nil {
				c.Bytes += info.Size()
			}
		}
		return nil
	})
	for at := dir; ; at = filepath.Dir(at) { // the folder may not be there yet
		if free, ok := freeBytes(at); ok {
			c.FreeBytes = free
			return c
		}
		if at == filepath.Dir(at) {
			return c
		}
	}
}

func (c cacheInfo) String() string {
	if c.Dir == "" {
		return c.Error
	}
	s := fmt.Sprintf("%s, %s in %d libraries", c.Dir, gigabytes(c.Bytes), len(c.Libraries))
	if c.FreeBytes >= 0 {
		s += ", " + gigabytes(c.FreeBytes) + " free"
	}
	return s
}

func gigabytes(n int64) string { return fmt.Sprintf("%.1f GB", float64(n)/1e9) }

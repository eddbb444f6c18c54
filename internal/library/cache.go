package library

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	thirdparty "github.com/gotf/gotf/third_party"
)

// CacheDir is the folder that libraries are installed into: gotf in the
// user's cache folder.
func CacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no user cache folder (%w): set HOME, or GOTF_LIB to a folder that holds the libraries", err)
	}
	return filepath.Join(dir, "gotf"), nil
}

// cached lists the cache's folders of kind k, the one to use first: a default
// version before any other, then the newest, then the one for a GPU.
func cached(cache string, k Kind) []string {
	entries, err := os.ReadDir(cache)
	if err != nil {
		return nil
	}
	type folder struct {
		dir, version string
		isDefault    bool
		gpu          bool
	}
	var all []folder
	for _, e := range entries {
		name, version, ok := folderName(e.Name(), k)
		if !ok {
			continue
		}
		f := folder{dir: filepath.Join(cache, e.Name()), version: version}
		for _, l := range thirdparty.Libraries() {
			if l.Library == name {
				f.gpu = f.gpu || l.GPU
				f.isDefault = f.isDefault || l.Default && l.Version == version
			}
		}
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b folder) int {
		return cmp.Or(
			-compareBool(a.isDefault, b.isDefault),
			-compareVersions(a.version, b.version),
			-compareBool(a.gpu, b.gpu))
	})
	dirs := make([]string, len(all))
	for i, f := range all {
		dirs[i] = f.dir
	}
	return dirs
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	default:
		return -1
	}
}

package thirdparty_test

import (
	"path"
	"regexp"
	"testing"

	thirdparty "github.com/gotf/gotf/third_party"
)

var sha256 = regexp.MustCompile(`^[0-9a-f]{64}$`)

// TestPins holds what the installer relies on: every file has a size and a
// sum, no two files of a library share a name, and no name leaves its folder.
func TestPins(t *testing.T) {
	defaults := map[string]int{}
	for _, l := range thirdparty.Libraries() {
		if l.Default {
			defaults[l.Library]++
		}
		names := map[string]bool{}
		for _, a := range l.Archives {
			if !sha256.MatchString(a.SHA256) || a.Size <= 0 || a.Licence == "" || len(a.Members) == 0 {
				t.Errorf("%s: incomplete pin of %s", l.Folder(), a.File)
			}
			for _, m := range a.Members {
				if !sha256.MatchString(m.SHA256) || m.Size <= 0 {
					t.Errorf("%s: incomplete pin of %s", l.Folder(), m.Path)
				}
				if names[m.Name] {
					t.Errorf("%s: two files are called %s", l.Folder(), m.Name)
				}
				names[m.Name] = true
				if path.Clean("/"+m.Name) != "/"+m.Name {
					t.Errorf("%s: bad name %q", l.Folder(), m.Name)
				}
			}
			if a.Text != "" {
				if _, err := thirdparty.Text(a.Text); err != nil {
					t.Errorf("%s: %v", l.Folder(), err)
				}
			}
		}
	}
	for _, name := range []string{"tensorflow-cpu", "tensorflow-gpu", "tensorflow-lite"} {
		if defaults[name] != 1 {
			t.Errorf("%s has %d default versions, want 1", name, defaults[name])
		}
	}
}

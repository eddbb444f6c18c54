package tf_test

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/tf"
)

// entries are the ways into the package that need the library.
var entries = map[string]func() error{
	"Version":     func() error { _, err := tf.Version(); return err },
	"NewTensor":   func() error { _, err := tf.NewTensor([]string{"a"}); return err },
	"NewScalar":   func() error { _, err := tf.NewScalar(1.5); return err },
	"NewRaw":      func() error { _, err := tf.NewRaw(tf.Int8, tf.Shape{1}, []byte{1}); return err },
	"NewGraph":    func() error { _, err := tf.NewGraph(); return err },
	"NewEager":    func() error { _, err := tf.NewEager(nil); return err },
	"ListDevices": func() error { _, err := tf.ListDevices(); return err },
	"LoadLibrary": func() error { _, err := tf.LoadLibrary("x.so"); return err },
	"LoadSavedModel": func() error {
		_, _, err := tf.LoadSavedModel("x", []string{"serve"}, nil)
		return err
	},
}

func TestUnsupported(t *testing.T) {
	if ctf.Supported {
		t.Skip("for builds without cgo and other systems")
	}
	for name, call := range entries {
		t.Run(name, func(t *testing.T) {
			wantError(t, call(), tf.Unimplemented, "not supported on "+runtime.GOOS+"/"+runtime.GOARCH)
		})
	}
}

// A program without the library starts, and each way in says what is missing,
// where it was looked for and what fetches it; so it is with a wrong GOTF_LIB.
func TestMissingLibrary(t *testing.T) {
	if os.Getenv("GOTF_TEST_MISSING") != "" {
		for name, call := range entries {
			fmt.Printf("%s: %v\n", name, call())
		}
		return
	}
	empty := t.TempDir()
	for what, tc := range map[string]struct{ env, want []string }{
		"nowhere":        {[]string{"HOME=" + empty}, []string{empty, "fetch it with: go run "}},
		"wrong GOTF_LIB": {append(os.Environ(), "GOTF_LIB="+empty), []string{"GOTF_LIB is " + empty, "a folder that holds libtensorflow_cc.so.2"}},
	} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestMissingLibrary$", "-test.v")
		cmd.Env = append(tc.env, "GOTF_TEST_MISSING=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for name := range entries {
			t.Run(what+"/"+name, func(t *testing.T) {
				_, line, ok := strings.Cut(string(out), name+": ")
				line, _, _ = strings.Cut(line, "\n")
				for _, want := range append(tc.want, "tf: load library: not found: ") {
					if !ok || !strings.Contains(line, want) {
						t.Errorf("%q, want %q in it", line, want)
					}
				}
			})
		}
	}
}

func TestVersion(t *testing.T) {
	v, err := tf.Version()
	if err != nil || !strings.HasPrefix(v, "2.") {
		t.Errorf("version %q, %v", v, err)
	}
}

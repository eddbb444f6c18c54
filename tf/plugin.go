package tf

import (
	"crypto/sha256"
	"debug/elf"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/gotf/gotf/internal/ctf"
	opdef "github.com/wamuir/graft/tensorflow/core/framework/op_def_go_proto"
	"google.golang.org/protobuf/proto"
)

// plugins are the libraries that were loaded, by their real path, with the
// operations that each registers.
var plugins struct {
	sync.Mutex
	ops     map[string][]string
	paths   map[[sha256.Size]byte]string // of those with operations, by their content
	devices map[string]bool
}

// LoadLibrary loads a shared object that registers operations and gives their
// types, sorted. They can be made by [Scope.Begin] on every scope from then on;
// package grad's Register gives them gradients. A library is never unloaded, and
// loading it again does nothing. A copy of one that is loaded is refused. One that
// was compiled anew cannot be told: it makes TensorFlow's kernels of the operations
// ambiguous, so that they cannot be run any more.
// https://www.tensorflow.org/guide/create_op
func LoadLibrary(path string) ([]string, error) {
	what := "load library " + path
	path, err := pluginFile(what, path)
	if err != nil {
		return nil, err
	}
	plugins.Lock()
	defer plugins.Unlock()
	if ops, loaded := plugins.ops[path]; loaded {
		return slices.Clone(ops), nil
	}
	sum, err := fileSum(path)
	if err != nil {
		return nil, Errorf(what, Unknown, "%v", err)
	}
	if same, loaded := plugins.paths[sum]; loaded {
		return nil, Errorf(what, AlreadyExists, "it is a copy of %s, which is loaded and registers %s", same, strings.Join(plugins.ops[same], ", "))
	}
	raw, st := ctf.LoadLibrary(path)
	if st.Code != 0 {
		return nil, pluginError(what, path, st)
	}
	list := &opdef.OpList{}
	if err := proto.Unmarshal(raw, list); err != nil {
		return nil, Errorf(what, Internal, "%v", err)
	}
	if len(list.Op) == 0 {
		return nil, Errorf(what, InvalidArgument, "it registers no operations, or only ones that were registered before, whose kernels are ambiguous now: those cannot be used in this process any more")
	}
	var ops []string
	for _, op := range list.Op {
		ops = append(ops, op.Name)
	}
	slices.Sort(ops)
	if plugins.ops == nil {
		plugins.ops, plugins.paths = map[string][]string{}, map[[sha256.Size]byte]string{}
	}
	plugins.ops[path], plugins.paths[sum] = ops, path
	return slices.Clone(ops), nil
}

// fileSum is the hash of a file's content.
func fileSum(path string) (sum [sha256.Size]byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return [sha256.Size]byte(h.Sum(nil)), err
}

// LoadPluggableDevice loads a shared object that adds a type of device through
// TensorFlow's StreamExecutor C API. The devices belong to the sessions and eager
// contexts that are opened after, so call it first; [ListDevices] lists them.
// Loading a library again does nothing.
// https://github.com/tensorflow/community/blob/master/rfcs/20200624-pluggable-device-for-tensorflow.md
func LoadPluggableDevice(path string) error {
	what := "load pluggable device " + path
	path, err := pluginFile(what, path)
	if err != nil {
		return err
	}
	plugins.Lock()
	defer plugins.Unlock()
	if plugins.devices[path] {
		return nil
	}
	if !defines(path, "SE_InitPlugin") {
		return Errorf(what, InvalidArgument, "it is no pluggable device: it does not define SE_InitPlugin")
	}
	if st := ctf.LoadPluggableDevice(path); st.Code != 0 {
		return pluginError(what, path, st)
	}
	if plugins.devices == nil {
		plugins.devices = map[string]bool{}
	}
	plugins.devices[path] = true
	return nil
}

// pluginFile is the real path of a file that exists, with TensorFlow opened.
func pluginFile(what, path string) (string, error) {
	if err := open(); err != nil {
		return "", err
	}
	if strings.IndexByte(path, 0) >= 0 {
		return "", Errorf("load library", InvalidArgument, "path %q contains NUL", path)
	}
	real, err := filepath.Abs(path)
	if err == nil {
		real, err = filepath.EvalSymlinks(real)
	}
	if err == nil {
		var info fs.FileInfo
		if info, err = os.Stat(real); err == nil && info.IsDir() {
			return "", Errorf(what, InvalidArgument, "it is a folder")
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", Errorf(what, NotFound, "no such file")
	case err != nil:
		return "", Errorf(what, Unknown, "%v", err)
	}
	f, err := elf.Open(real)
	if err != nil {
		return "", Errorf(what, InvalidArgument, "it is not a shared object of this system")
	}
	f.Close()
	return real, nil
}

var (
	undefinedSymbol = regexp.MustCompile(`undefined symbol: ([^\s,]+)`)
	versionOfSymbol = regexp.MustCompile("version [`']([^']+)' not found")
	neededFile      = regexp.MustCompile(`^(\S+): cannot open shared object file`)
)

// pluginError says why the loader refused a file.
func pluginError(what, path string, st ctf.Status) error {
	if m := undefinedSymbol.FindStringSubmatch(st.Message); m != nil {
		built := ""
		if v := builtFor(path); v != "" {
			built = "was built for TensorFlow " + v + " and "
		}
		return Errorf(what, FailedPrecondition, "it %sneeds the symbol %s, which TensorFlow %s lacks: build it against the headers of %[3]s", built, m[1], ctf.Version())
	}
	if m := versionOfSymbol.FindStringSubmatch(st.Message); m != nil {
		return Errorf(what, FailedPrecondition, "it needs %s, which this system's libraries lack: build it on this system or an older one", m[1])
	}
	if m := neededFile.FindStringSubmatch(st.Message); m != nil && m[1] != path {
		return Errorf(what, NotFound, "it needs %s, which the system loader does not find", m[1])
	}
	return check(what, st)
}

// defines reports whether a shared object exports a symbol.
func defines(path, symbol string) bool {
	f, err := elf.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	symbols, _ := f.DynamicSymbols()
	return slices.ContainsFunc(symbols, func(s elf.Symbol) bool { return s.Name == symbol && s.Section != elf.SHN_UNDEF })
}

// builtFor is the version that scripts/customop wrote into a library, or "".
func builtFor(path string) string {
	f, err := elf.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	s := f.Section(".tensorflow")
	if s == nil {
		return ""
	}
	b, err := s.Data()
	if err != nil {
		return ""
	}
	return strings.TrimRight(string(b), "\x00\n")
}

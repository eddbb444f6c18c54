package bundle

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/tf"
	slicepb "github.com/wamuir/graft/tensorflow/core/framework/tensor_slice_go_proto"
)

// Entry describes a value of a checkpoint.
type Entry struct {
	Name  string
	DType tf.DType
	Shape tf.Shape
	Size  int64 // bytes of the value in the files; of a partitioned one, together
	Parts int   // in how many parts a partitioned variable is stored; 0: it is whole
}

// Reader reads a checkpoint.
type Reader struct {
	prefix  string
	old     bool // the older format
	shards  int32
	entries []Entry // by name
	records []record
	parts   map[string]record // of partitioned values, by their keys in the index

	tables []*table // of the older format

	mu    sync.Mutex
	files map[int32]*os.File

	namesOnce sync.Once
	keysOf    map[string][]string // by the variables' names in Python
}

// record says where the bytes of a value lie.
type record struct {
	dtype        tf.DType
	shape        tf.Shape
	shard        int32
	offset, size int64
	crc          uint32
	slices       []*slicepb.TensorSliceProto
	parts        []part
}

// Open reads the index of the checkpoint whose files are PREFIX.index and so on;
// a prefix that ends in a slash is that of files in a folder that begin with a
// dot. A single file of the older format is opened by its name, and one in
// several files by the part of the names before "-00000-of-".
func Open(prefix string) (*Reader, error) {
	r := &Reader{prefix: prefix, parts: map[string]record{}, files: map[int32]*os.File{}}
	file := prefix + indexEnding
	f, err := plainfile.Open(file)
	if os.IsNotExist(err) {
		if whole := fileOf.ReplaceAllString(prefix, ""); whole != prefix {
			return nil, fail("read", prefix, tf.Errorf("", tf.NotFound, "this is a file of a checkpoint, whose name is %s", whole))
		}
		if names := oldFiles(prefix); len(names) > 0 {
			return openOld(prefix, names)
		}
		return nil, fail("read", file, notFound(prefix, err))
	}
	if err != nil {
		return nil, fail("read", file, err)
	}
	defer f.Close()
	if err := r.readIndex(f); err != nil {
		return nil, fail("read", file, err)
	}
	return r, nil
}

// fileOf is what the names of a checkpoint's files have after its own.
var fileOf = regexp.MustCompile(`\.index$|\.data-\d{5}-of-\d{5}$`)

// notFound says more of a folder, which is no checkpoint.
func notFound(prefix string, err error) error {
	if info, e := os.Stat(prefix); e == nil && info.IsDir() {
		return tf.Errorf("", tf.NotFound, "no such file; %s is a folder, and a checkpoint's name is that of its files without %q", prefix, indexEnding)
	}
	return err
}

// Prefix is the name the Reader was opened with.
func (r *Reader) Prefix() string { return r.prefix }

// Entries lists the values by name. The caller must not change it.
func (r *Reader) Entries() []Entry { return r.entries }

// Find describes the value with the given name. In a checkpoint of objects that
// may also be a variable's name in Python, such as "dense/kernel", or the
// attributes that lead to the variable; so it is wherever a Reader's methods take
// a name, but for Has. Variables that share the name must hold the same, as the
// copies in Keras's exports do. The error for a name that is not there has the
// closest, or the keys of those that share it.
func (r *Reader) Find(name string) (Entry, error) {
	i, err := r.index(name)
	if err != nil {
		return Entry{}, err
	}
	return r.entries[i], nil
}

// Has reports whether there is a value with exactly the given name.
func (r *Reader) Has(name string) bool {
	_, ok := r.search(name)
	return ok
}

func (r *Reader) search(name string) (int, bool) {
	return slices.BinarySearchFunc(r.entries, name, func(e Entry, name string) int { return strings.Compare(e.Name, name) })
}

// Close closes the files.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var first error
	for _, f := range r.files {
		if err := f.Close(); first == nil {
			first = err
		}
	}
	clear(r.files)
	return first
}

// shardFile is the name of a file of values.
func (r *Reader) shardFile(i int32) string {
	return fmt.Sprintf("%s.data-%05d-of-%05d", r.prefix, i, r.shards)
}

// shard opens a file of values, once.
func (r *Reader) shard(i int32) (*os.File, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.files[i]; f != nil {
		return f, nil
	}
	f, err := plainfile.Open(r.shardFile(i))
	if err != nil {
		return nil, fail("read", r.shardFile(i), err)
	}
	r.files[i] = f
	return f, nil
}

// Check finds without reading the values whether all files are there and as
// long as the index says.
func (r *Reader) Check() error {
	sizes := map[int32]int64{}
	check := func(name string, at record) error {
		size, ok := sizes[at.shard]
		if !ok {
			f, err := r.shard(at.shard)
			if err != nil {
				return err
			}
			info, err := f.Stat()
			if err != nil {
				return fail("read", r.shardFile(at.shard), err)
			}
			size = info.Size()
			sizes[at.shard] = size
		}
		if at.offset > size || at.size > size-at.offset {
			return fail("read", r.shardFile(at.shard), damaged("it is cut short: %q ends at byte %d of %d", name, at.offset+at.size, size))
		}
		return nil
	}
	if r.old {
		return nil // the values are in the index
	}
	for i, at := range r.records {
		if len(at.slices) > 0 {
			continue
		}
		if err := check(r.entries[i].Name, at); err != nil {
			return err
		}
	}
	for key, at := range r.parts {
		if err := check(partName(key), at); err != nil {
			return err
		}
	}
	return nil
}

// Package modelfile tells what a file or folder is that a command is given, and
// whether the command can take it.
package modelfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/wamuir/graft/tensorflow/core/util/event_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf/checkpoint"
	"github.com/gotf/gotf/tf/tfrecord"
)

// File is a file or folder that was recognised.
type File struct {
	Format Format
	Path   string
	Prefix string // of a checkpoint
}

// tableMagic ends the index of every checkpoint.
const tableMagic = "\x57\xfb\x80\x8b\x24\x75\x47\xdb"

// Recognise tells what path is by what it holds.
func Recognise(path string) (*File, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if isFile(path + ".index") {
			return &File{Checkpoint, path, path}, nil
		}
		return nil, fmt.Errorf("%s: there is no such file, folder or checkpoint prefix", path)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, atomicfile.Cause(err))
	case info.IsDir():
		return recogniseFolder(path)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no plain file", path)
	}
	if prefix := shardOf(path); prefix != "" && isFile(prefix+".index") {
		return nil, fmt.Errorf("%s has values of a checkpoint, did you mean its prefix, %s?", path, prefix)
	}
	format, err := recogniseFile(path, info.Size())
	if err != nil {
		return nil, err
	}
	f := &File{Format: format, Path: path}
	if format == Checkpoint {
		f.Prefix = strings.TrimSuffix(path, ".index")
	}
	return f, nil
}

func recogniseFolder(dir string) (*File, error) {
	is := func(name string) bool {
		_, err := os.Stat(filepath.Join(dir, name))
		return err == nil
	}
	switch {
	case IsSavedModel(dir):
		return &File{Format: SavedModel, Path: dir}, nil
	case is("checkpoint"):
		prefix, err := checkpoint.Latest(dir)
		if err != nil {
			return nil, err
		}
		return &File{Checkpoint, dir, prefix}, nil
	}
	inside, only, err := modelsIn(dir)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, atomicfile.Cause(err))
	}
	if only != nil {
		return only, nil
	}
	const what = "the folder is no SavedModel and no checkpoint"
	switch {
	case len(inside) == 0:
		return nil, fmt.Errorf("%s: %s (it has no saved_model.pb and no file checkpoint)", dir, what)
	case len(inside) > 3:
		return nil, fmt.Errorf("%s: %s; name one of the %d models and other files in it, such as %s", dir, what, len(inside), inside[0])
	}
	return nil, fmt.Errorf("%s: %s, did you mean %s?", dir, what, strings.Join(inside, " or "))
}

// mostEntries is how many entries of a folder are looked at.
const mostEntries = 1000

// modelsIn lists what a folder holds that can be named instead of it; only is
// the checkpoint that is all it holds. What is in its folders is not looked at.
func modelsIn(dir string) (inside []string, only *File, err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(mostEntries)
	if err != nil && err != io.EOF {
		return nil, nil, err
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		info, err := os.Stat(path)
		switch {
		case err != nil:
		case info.IsDir():
			if IsSavedModel(path) || isFile(filepath.Join(path, "checkpoint")) {
				inside = append(inside, path)
			}
		case info.Mode().IsRegular() && shardOf(path) == "":
			format, err := recogniseFile(path, info.Size())
			if err != nil {
				continue
			}
			if format == Checkpoint {
				path = strings.TrimSuffix(path, ".index")
				if len(entries) <= 2 {
					return nil, &File{Checkpoint, path, path}, nil
				}
			}
			inside = append(inside, path)
		}
	}
	return inside, nil, nil
}

var shardName = regexp.MustCompile(`^(.+)\.data-\d{5}-of-\d{5}$`)

// shardOf is the prefix of the checkpoint that a file of values is named after,
// or "".
func shardOf(path string) string {
	if m := shardName.FindStringSubmatch(path); m != nil {
		return m[1]
	}
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// recogniseFile looks at the first and the last bytes, then tries the formats
// that have no mark.
func recogniseFile(path string, size int64) (Format, error) {
	head, tail, err := ends(path, size)
	if err != nil {
		return "", fmt.Errorf("%s: %w", path, atomicfile.Cause(err))
	}
	switch {
	case size == 0 && isRecordName(path):
		return Records, nil
	case size == 0:
		return "", fmt.Errorf("%s is empty; of the kinds that can be inspected only a TFRecord can be, if its name ends in .tfrecord", path)
	case len(head) >= 8 && string(head[4:8]) == "TFL3":
		return TFLite, nil
	case string(tail) == tableMagic:
		return Checkpoint, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return zipFormat(path), nil
	case bytes.HasPrefix(head, []byte("\x93NUMPY")):
		return NPY, nil
	}
	for mark, what := range foreignMarks {
		if bytes.HasPrefix(head, []byte(mark)) {
			return "", &ForeignError{path, what}
		}
	}
	if format := recordFormat(path, head); format != "" {
		return format, nil
	}
	if format := protoFormat(path, size, head); format != "" {
		return format, nil
	}
	if format := textFormat(path, head); format != "" {
		return format, nil
	}
	if prefix := shardOf(path); prefix != "" {
		return "", fmt.Errorf("%s has values of a checkpoint, whose index, %s.index, is not there", path, prefix)
	}
	if filepath.Ext(path) == ".index" {
		return "", fmt.Errorf("%s is no index of a checkpoint, or a damaged one", path)
	}
	return "", fmt.Errorf("%s is none of the kinds that can be inspected: SavedModel, .tflite, checkpoint, TFRecord, event file, .keras, GraphDef, .npy, .npz", path)
}

// isRecordName tells a file of records by its name, as one without records has
// nothing else.
func isRecordName(path string) bool {
	ext := strings.ToLower(filepath.Ext(path))
	return ext == ".tfrecord" || ext == ".tfrecords"
}

// foreignMarks begin files that are told apart only to say what they are.
var foreignMarks = map[string]string{
	"\x89HDF\r\n\x1a\n": "an HDF5 file, as Keras's .h5 models; gotf does not read the weights of HDF5 files",
	"\x89PNG":           "a picture",
	"\xff\xd8\xff":      "a picture",
	"\x7fELF":           "a program or library",
}

// ForeignError is the error for a file that is known, but not read.
type ForeignError struct{ path, what string }

func (f *ForeignError) Error() string { return f.path + " is " + f.what }

// ends reads the first bytes of a file and the eight last.
func ends(path string, size int64) (head, tail []byte, err error) {
	f, err := plainfile.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	head, err = io.ReadAll(io.LimitReader(f, 4096))
	if err != nil || size < 48 { // a table's footer
		return head, nil, err
	}
	tail = make([]byte, len(tableMagic))
	_, err = f.ReadAt(tail, size-int64(len(tail)))
	return head, tail, err
}

// recordFormat is that of a file with records, or "".
func recordFormat(path string, head []byte) Format {
	for record, err := range tfrecord.Read(path) {
		var e event_go_proto.Event
		switch {
		case err != nil && tfrecord.HasRecord(head):
			return Records // a damaged one
		case err != nil:
			return ""
		case proto.Unmarshal(record, &e) == nil && strings.HasPrefix(e.GetFileVersion(), "brain.Event:"):
			return Events
		}
		return Records
	}
	return "" // of an empty compressed file
}

// maxGraph is the most bytes of a protocol buffer.
const maxGraph = 1 << 31

// protoFormat is that of a file that is a GraphDef or SavedModel message, or "".
func protoFormat(path string, size int64, head []byte) Format {
	if size >= maxGraph || !slices.Contains([]byte{0x08, 0x0a, 0x12, 0x22}, head[0]) {
		return "" // the first field is none of theirs
	}
	raw, err := plainfile.Read(path, plainfile.Message)
	if err != nil {
		return ""
	}
	if m := parseSavedModel(raw); m != nil {
		return SavedModel
	}
	if parseGraphDef(raw) != nil {
		return GraphDef
	}
	return ""
}

// graphText is how a GraphDef begins as text.
var graphText = regexp.MustCompile(`^\s*(#.*\n\s*)*(node|library|versions?)\s*[:{<]`)

// textFormat is that of a file that is a message as text, or "". A name that
// says so is believed, so that the error tells what is wrong with the text.
func textFormat(path string, head []byte) Format {
	switch {
	case filepath.Base(path) == "saved_model.pbtxt":
		return SavedModel
	case filepath.Ext(path) == ".pbtxt":
		return GraphDef
	case !graphText.Match(head):
		return ""
	}
	if _, err := savedmodel.ReadGraph(path); err != nil {
		return ""
	}
	return GraphDef
}

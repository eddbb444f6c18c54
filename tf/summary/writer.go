package summary

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/tfrecord"
	graphpb "github.com/wamuir/graft/tensorflow/core/framework/graph_go_proto"
	configpb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"github.com/wamuir/graft/tensorflow/core/util/event_go_proto"
	"google.golang.org/protobuf/proto"
)

// Writer writes one event file.
type Writer struct {
	path string

	mu   sync.Mutex
	f    *os.File
	w    *bufio.Writer
	buf  []byte
	seen map[string]bool // tags of run metadata
}

// fileVersion is what the first event of a file says.
const fileVersion = "brain.Event:2"

// Create starts an event file in dir, which is made if it is not there. Its name
// tells the time, the machine and the process; a file that is there is never
// written over.
func Create(dir string) (*Writer, error) {
	what := "create event file in " + dir
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fileError(what, err)
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	var f *os.File
	for n := 0; f == nil; n++ {
		name := fmt.Sprintf("events.out.tfevents.%010d.%s.%d.%d.v2", time.Now().Unix(), host, os.Getpid(), n)
		f, err = os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, fileError(what, err)
		}
	}
	w := &Writer{path: f.Name(), f: f, w: bufio.NewWriter(f), seen: map[string]bool{}}
	err = w.WriteEvent(&event_go_proto.Event{
		What:           &event_go_proto.Event_FileVersion{FileVersion: fileVersion},
		SourceMetadata: &event_go_proto.SourceMetadata{Writer: "gotf/tf/summary"},
	})
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		f.Close()
		os.Remove(f.Name())
		return nil, err
	}
	return w, nil
}

// Path is the file.
func (w *Writer) Path() string { return w.path }

// WriteGraph writes a graph with its functions. A file holds one: TensorBoard
// shows the last.
func (w *Writer) WriteGraph(def *graphpb.GraphDef) error {
	if def == nil {
		return tf.Errorf("write graph", tf.InvalidArgument, "the graph is nil")
	}
	raw, err := proto.Marshal(def)
	if err != nil {
		return tf.Errorf("write graph", tf.InvalidArgument, "%v", err)
	}
	return w.WriteEvent(&event_go_proto.Event{What: &event_go_proto.Event_GraphDef{GraphDef: raw}})
}

// WriteRunMetadata writes the times and the memory of one run, which
// [tf.Profile.Metadata] gives and [tf.Session.RunWith] fills in, to be seen in the
// graph under the tag, which must not have been used in the file.
func (w *Writer) WriteRunMetadata(tag string, step int64, meta *configpb.RunMetadata) error {
	const what = "write run metadata"
	if meta == nil {
		return tf.Errorf(what, tf.InvalidArgument, "the metadata is nil")
	}
	raw, err := proto.Marshal(meta)
	if err != nil {
		return tf.Errorf(what, tf.InvalidArgument, "%v", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen[tag] {
		return tf.Errorf(what, tf.AlreadyExists, "the tag %q was used before", tag)
	}
	err = w.write(&event_go_proto.Event{Step: step, What: &event_go_proto.Event_TaggedRunMetadata{
		TaggedRunMetadata: &event_go_proto.TaggedRunMetadata{Tag: tag, RunMetadata: raw},
	}})
	if err == nil {
		w.seen[tag] = true
	}
	return err
}

// WriteEvent writes any event. A wall time of 0 becomes the time of the call.
func (w *Writer) WriteEvent(e *event_go_proto.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.write(e)
}

// write is WriteEvent; w.mu is held.
func (w *Writer) write(e *event_go_proto.Event) error {
	what := "write " + w.path
	if w.f == nil {
		return tf.Errorf(what, tf.FailedPrecondition, "it is closed")
	}
	if e == nil {
		return tf.Errorf(what, tf.InvalidArgument, "the event is nil")
	}
	if e.WallTime == 0 {
		e = proto.Clone(e).(*event_go_proto.Event)
		e.WallTime = float64(time.Now().UnixMicro()) / 1e6
	}
	raw, err := proto.Marshal(e)
	if err != nil {
		return tf.Errorf(what, tf.InvalidArgument, "%v", err)
	}
	if len(raw) >= tfrecord.MaxRecord {
		return tf.Errorf(what, tf.InvalidArgument, "an event of %d bytes is too large, the most is %d", len(raw), tfrecord.MaxRecord-1)
	}
	w.buf = tfrecord.Append(w.buf[:0], raw)
	if _, err := w.w.Write(w.buf); err != nil {
		return fileError(what, err)
	}
	return nil
}

// Flush brings all that was written to the file.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.flush()
}

func (w *Writer) flush() error {
	if w.f == nil {
		return tf.Errorf("flush "+w.path, tf.FailedPrecondition, "it is closed")
	}
	if err := w.w.Flush(); err != nil {
		return fileError("flush "+w.path, err)
	}
	return nil
}

// Close flushes and closes the file. Closing again does nothing.
func (w *Writer) Close() error {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.f == nil {
		return nil
	}
	err := w.flush()
	if closeErr := w.f.Close(); err == nil && closeErr != nil {
		err = fileError("close "+w.path, closeErr)
	}
	w.f = nil
	return err
}

// fileError is an error of the file system, without the path, which what tells.
func fileError(what string, err error) error {
	return tf.Errorf(what, tf.FileCode(err), "%v", atomicfile.Cause(err))
}

package summary

import (
	"bufio"
	"io"
	"iter"
	"os"

	"github.com/gotf/gotf/tf"
	"github.com/wamuir/graft/tensorflow/core/util/event_go_proto"
	"google.golang.org/protobuf/proto"
)

// ReadFile yields the events of a file in order. An error ends it; what came
// before a damaged or unfinished event is good.
func ReadFile(path string) iter.Seq2[*event_go_proto.Event, error] {
	return func(yield func(*event_go_proto.Event, error) bool) {
		f, err := os.Open(path)
		if err != nil {
			yield(nil, fileError("read "+path, err))
			return
		}
		defer f.Close()
		for e, err := range events(f, "read "+path) {
			if !yield(e, err) {
				return
			}
		}
	}
}

// Read is ReadFile for any stream.
func Read(r io.Reader) iter.Seq2[*event_go_proto.Event, error] { return events(r, "read events") }

func events(r io.Reader, what string) iter.Seq2[*event_go_proto.Event, error] {
	return func(yield func(*event_go_proto.Event, error) bool) {
		for r := bufio.NewReader(r); ; {
			raw, err := readRecord(r, what)
			if err == io.EOF {
				return
			}
			e := &event_go_proto.Event{}
			if err == nil {
				if err = proto.Unmarshal(raw, e); err != nil {
					err = tf.Errorf(what, tf.DataLoss, "a record is not an event: %v", err)
				}
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

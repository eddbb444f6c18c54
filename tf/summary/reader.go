package summary

import (
	"io"
	"iter"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/tfrecord"
	"github.com/wamuir/graft/tensorflow/core/util/event_go_proto"
	"google.golang.org/protobuf/proto"
)

// ReadFile yields the events of a file in order. An error ends it; what came
// before a damaged or unfinished event is good.
func ReadFile(path string) iter.Seq2[*event_go_proto.Event, error] {
	return events(tfrecord.Read(path), "read "+path)
}

// Read is ReadFile for any stream.
func Read(r io.Reader) iter.Seq2[*event_go_proto.Event, error] {
	return events(tfrecord.ReadFrom(r), "read events")
}

func events(records iter.Seq2[[]byte, error], what string) iter.Seq2[*event_go_proto.Event, error] {
	return func(yield func(*event_go_proto.Event, error) bool) {
		for raw, err := range records {
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

package tf

import (
	"encoding/json"
	"io"
	"time"
)

// traceEvent is an event of the Trace Event Format. Times are in microseconds.
// https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
type traceEvent struct {
	Name     string         `json:"name"`
	Phase    string         `json:"ph"` // X: complete, M: metadata
	Category string         `json:"cat,omitempty"`
	Process  int            `json:"pid"`
	Thread   int            `json:"tid"`
	Start    *float64       `json:"ts,omitempty"`
	Duration *float64       `json:"dur,omitempty"`
	Args     map[string]any `json:"args,omitempty"`
}

// WriteChromeTrace writes the run as JSON for chrome://tracing and Perfetto: a
// process for each device, in it a row for each thread. Times count from the
// start of the first operation.
func (p *Profile) WriteChromeTrace(w io.Writer) error {
	var first time.Time
	for _, o := range p.ops {
		if first.IsZero() || o.Start.Before(first) {
			first = o.Start
		}
	}
	micros := func(d time.Duration) *float64 {
		f := float64(d.Nanoseconds()) / 1e3
		return &f
	}
	var events []traceEvent
	devices := map[string]int{}
	for tid, l := range p.lanes() {
		pid, known := devices[l.device]
		if !known {
			pid = len(devices) + 1
			devices[l.device] = pid
			events = append(events, traceEvent{Name: "process_name", Phase: "M", Process: pid, Args: map[string]any{"name": l.device}})
		}
		events = append(events, traceEvent{Name: "thread_name", Phase: "M", Process: pid, Thread: tid, Args: map[string]any{"name": l.name}})
		for _, o := range l.ops {
			e := traceEvent{
				Name: o.Type, Phase: "X", Category: "Op", Process: pid, Thread: tid,
				Start: micros(o.Start.Sub(first)), Duration: micros(o.Duration), Args: map[string]any{"name": o.Name, "op": o.Type},
			}
			if e.Name == "" {
				e.Name = o.Name
			}
			events = append(events, e)
		}
	}
	b, err := json.Marshal(map[string]any{"displayTimeUnit": "ns", "traceEvents": events})
	if err != nil {
		return Errorf("write trace", Internal, "%v", err)
	}
	if _, err := w.Write(append(b, '\n')); err != nil {
		return Errorf("write trace", Unknown, "%v", err)
	}
	return nil
}

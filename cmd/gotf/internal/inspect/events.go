package inspect

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/summary"
)

// EventFacts are those of an event file.
type EventFacts struct {
	Events      int       `json:"events"`
	Version     string    `json:"version"`
	First       time.Time `json:"first"`
	Last        time.Time `json:"last"`
	Tags        []tagFact `json:"tags"`
	Graphs      int       `json:"graphs"`
	RunMetadata []string  `json:"run_metadata"`
	Unfinished  bool      `json:"unfinished"` // the last event is not whole, as while it is being written
}

type tagFact struct {
	Name        string   `json:"name"`
	Plugin      string   `json:"plugin"`
	Description string   `json:"description,omitempty"`
	Count       int      `json:"count"`
	FirstStep   int64    `json:"first_step"`
	LastStep    int64    `json:"last_step"`
	Last        any      `json:"last"` // the last value of a scalar or text
	DType       string   `json:"dtype,omitempty"`
	Shape       tf.Shape `json:"shape,omitempty"`
}

func inspectEvents(r *Report) error {
	info, err := os.Stat(r.Path)
	if err != nil {
		return fmt.Errorf("%s: %w", r.Path, atomicfile.Cause(err))
	}
	r.Bytes = info.Size()
	c, err := summary.ReadContents(r.Path)
	f := &EventFacts{
		Events: c.Events, Version: c.Version, First: eventTime(c.First), Last: eventTime(c.Last),
		Tags: []tagFact{}, Graphs: c.Graphs, RunMetadata: listed(c.RunMetadata), Unfinished: isUnfinished(err),
	}
	r.EventFacts = f
	for _, t := range c.Tags {
		fact := tagFact{t.Name, t.Plugin, t.Description, t.Count, t.FirstStep, t.LastStep, t.Last, "", t.Shape}
		if v, ok := t.Last.(float64); ok {
			fact.Last = Real(v)
		}
		if t.DType != 0 {
			fact.DType = t.DType.String()
		}
		f.Tags = append(f.Tags, fact)
	}
	if f.Unfinished {
		return nil
	}
	return err
}

// isUnfinished tells a file whose writer is at work from a damaged one.
func isUnfinished(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }

// eventTime is a wall time as events have it.
func eventTime(seconds float64) time.Time {
	if !(seconds > 0 && seconds < 1e11) {
		return time.Time{}.UTC()
	}
	return time.UnixMicro(int64(seconds * 1e6)).UTC()
}

func (f *EventFacts) sections(most int) []reportSection {
	var t terminal.Table
	t.Line("events", fmt.Sprintf("%s, from %s to %s", terminal.Thousands(int64(f.Events)), f.First.Format(time.DateTime), f.Last.Format(time.DateTime)))
	if f.Graphs > 0 {
		t.Line("graphs", fmt.Sprint(f.Graphs))
	}
	if n := len(f.RunMetadata); n > 0 {
		t.Line("run metadata", fmt.Sprintf("%d, the last %s", n, terminal.Printable(f.RunMetadata[n-1])))
	}
	if f.Unfinished {
		t.Line("end", "inside an event: the file is being written, or cut short")
	}
	if len(f.Tags) == 0 {
		return []reportSection{{Table: t}}
	}
	shown := f.Tags[:min(len(f.Tags), most)]
	var list terminal.Table
	for _, tag := range shown {
		steps := fmt.Sprintf("%d values, steps %d to %d", tag.Count, tag.FirstStep, tag.LastStep)
		if tag.Count == 1 {
			steps = fmt.Sprintf("1 value, step %d", tag.LastStep)
		}
		list.Add(terminal.Printable(tag.Name), terminal.Printable(tag.Plugin), steps, tag.lastText())
	}
	return []reportSection{{Table: t}, {"tags" + terminal.OfMany(len(shown), len(f.Tags), "the first"), list, false}}
}

func (t *tagFact) lastText() string {
	switch v := t.Last.(type) {
	case Real:
		return "last " + v.String()
	case string:
		return fmt.Sprintf("last %s", bytesSample([]byte(v)))
	}
	if t.DType != "" {
		return fmt.Sprintf("%s %s", t.DType, t.Shape)
	}
	return ""
}

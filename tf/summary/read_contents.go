package summary

import (
	"cmp"
	"maps"
	"slices"

	"github.com/gotf/gotf/tf"
	sumpb "github.com/wamuir/graft/tensorflow/core/framework/summary_go_proto"
	"github.com/wamuir/graft/tensorflow/core/util/event_go_proto"
)

// Contents sums up an event file.
type Contents struct {
	Version     string  // "brain.Event:2"
	Events      int     // all events
	First, Last float64 // wall time, seconds since 1970
	Tags        []Tag   // sorted by name
	Graphs      int
	RunMetadata []string // tags, in the order of the file
}

// Tag is the values that an event file holds under one name.
type Tag struct {
	Name                string
	Plugin              string // TensorBoard's: "scalars", "histograms", "images", "audio", "text", ...
	Description         string
	Count               int // values
	FirstStep, LastStep int64

	// Last is the last value: a float64 for scalars, a string for text, else nil.
	Last  any
	DType tf.DType // of the last value, where it is a tensor
	Shape tf.Shape
}

// ReadContents reads a whole event file and keeps a summary. After damage it is
// that of the events before, beside the error.
func ReadContents(path string) (*Contents, error) {
	c, tags := &Contents{}, map[string]*Tag{}
	var failed error
	for e, err := range ReadFile(path) {
		if err != nil {
			failed = err
			break
		}
		c.add(e, tags)
	}
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		c.Tags = append(c.Tags, *tags[name])
	}
	return c, failed
}

func (c *Contents) add(e *event_go_proto.Event, tags map[string]*Tag) {
	if c.Events++; c.Events == 1 {
		c.First = e.WallTime
	}
	c.Last = max(c.Last, e.WallTime)
	switch what := e.What.(type) {
	case *event_go_proto.Event_FileVersion:
		c.Version = what.FileVersion
	case *event_go_proto.Event_GraphDef, *event_go_proto.Event_MetaGraphDef:
		c.Graphs++
	case *event_go_proto.Event_TaggedRunMetadata:
		c.RunMetadata = append(c.RunMetadata, what.TaggedRunMetadata.GetTag())
	case *event_go_proto.Event_Summary:
		for _, v := range what.Summary.GetValue() {
			t := tags[v.Tag]
			if t == nil {
				t = &Tag{Name: v.Tag, FirstStep: e.Step}
				tags[v.Tag] = t
			}
			t.add(e.Step, v)
		}
	}
}

// add takes in a value. Only the first of a tag needs to have metadata.
func (t *Tag) add(step int64, v *sumpb.Summary_Value) {
	t.Count++
	t.LastStep = step
	t.Plugin = cmp.Or(v.GetMetadata().GetPluginData().GetPluginName(), t.Plugin)
	t.Description = cmp.Or(v.GetMetadata().GetSummaryDescription(), t.Description)
	switch value := v.Value.(type) {
	case *sumpb.Summary_Value_SimpleValue:
		t.Plugin, t.Last = cmp.Or(t.Plugin, "scalars"), float64(value.SimpleValue)
	case *sumpb.Summary_Value_Image:
		t.Plugin = cmp.Or(t.Plugin, "images")
	case *sumpb.Summary_Value_Audio:
		t.Plugin = cmp.Or(t.Plugin, "audio")
	case *sumpb.Summary_Value_Histo:
		t.Plugin = cmp.Or(t.Plugin, "histograms")
	case *sumpb.Summary_Value_Tensor:
		t.DType, t.Shape = tf.DType(value.Tensor.GetDtype()), tf.ShapeOf(value.Tensor.GetTensorShape())
		t.Last = lastValue(t.Plugin, value.Tensor)
	}
}

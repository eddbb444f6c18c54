package inspect

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"

	example "github.com/wamuir/graft/tensorflow/core/example/example_protos_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/tf/tfrecord"
)

// RecordFacts are those of a TFRecord file.
type RecordFacts struct {
	Records      int64          `json:"records"`
	Kinds        recordKinds    `json:"kinds"`
	RecordBytes  lengths        `json:"record_bytes"` // without frames and compression
	Features     []featureFacts `json:"features"`
	FeatureLists []featureFacts `json:"feature_lists,omitempty"` // of SequenceExamples

	features, lists map[string]*featureFacts
}

type recordKinds struct {
	Example         int64 `json:"example"`
	SequenceExample int64 `json:"sequence_example"`
	Bytes           int64 `json:"bytes"` // neither
}

// lengths are the least and the most of something, and all together.
type lengths struct {
	Min   int64 `json:"min"`
	Max   int64 `json:"max"`
	Total int64 `json:"total"`
}

func (l *lengths) add(n, before int64) {
	if before == 0 || n < l.Min {
		l.Min = n
	}
	l.Max, l.Total = max(l.Max, n), l.Total+n
}

func inspectRecords(ctx context.Context, r *Report) error {
	info, err := os.Stat(r.Path)
	if err != nil {
		return fmt.Errorf("%s: %w", r.Path, atomicfile.Cause(err))
	}
	f := &RecordFacts{features: map[string]*featureFacts{}, lists: map[string]*featureFacts{}}
	r.Bytes, r.RecordFacts = info.Size(), f
	defer f.finish()
	for record, err := range tfrecord.Read(r.Path) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		f.add(record)
	}
	return nil
}

func (f *RecordFacts) finish() {
	for _, name := range slices.Sorted(maps.Keys(f.features)) {
		f.Features = append(f.Features, *f.features[name])
	}
	for _, name := range slices.Sorted(maps.Keys(f.lists)) {
		f.FeatureLists = append(f.FeatureLists, *f.lists[name])
	}
	f.Features = listed(f.Features)
}

func (f *RecordFacts) add(record []byte) {
	f.RecordBytes.add(int64(len(record)), f.Records)
	f.Records++
	if s := parseSequence(record); s != nil {
		f.Kinds.SequenceExample++
		addFeatures(f.features, s.GetContext().GetFeature())
		for name, list := range s.GetFeatureLists().GetFeatureList() {
			t := featureNamed(f.lists, name)
			if t != nil {
				t.addList(list.GetFeature())
			}
		}
		return
	}
	if e := parseExample(record); e != nil {
		f.Kinds.Example++
		addFeatures(f.features, e.GetFeatures().GetFeature())
		return
	}
	f.Kinds.Bytes++
}

// parseExample is nil if a record is something else. An Example without features
// is as good as any empty record.
func parseExample(record []byte) *example.Example {
	e := &example.Example{}
	if len(record) == 0 || proto.Unmarshal(record, e) != nil || len(e.ProtoReflect().GetUnknown()) > 0 ||
		len(e.GetFeatures().ProtoReflect().GetUnknown()) > 0 || len(e.GetFeatures().GetFeature()) == 0 {
		return nil
	}
	return e
}

func parseSequence(record []byte) *example.SequenceExample {
	s := &example.SequenceExample{}
	if proto.Unmarshal(record, s) != nil || len(s.ProtoReflect().GetUnknown()) > 0 || len(s.GetFeatureLists().GetFeatureList()) == 0 {
		return nil
	}
	return s
}

func addFeatures(to map[string]*featureFacts, features map[string]*example.Feature) {
	for name, v := range features {
		if t := featureNamed(to, name); t != nil {
			t.add(v)
		}
	}
}

// mostFeatures is how many names are told apart: hostile records could each have
// new ones.
const mostFeatures = 10_000

func featureNamed(in map[string]*featureFacts, name string) *featureFacts {
	t := in[name]
	if t == nil && len(in) < mostFeatures {
		t = &featureFacts{Name: name}
		in[name] = t
	}
	return t
}

func (f *RecordFacts) sections(most int) []reportSection {
	var t terminal.Table
	t.Line("records", f.kindsText())
	if b := f.RecordBytes; f.Records > 0 {
		t.Line("sizes", b.text())
	}
	out := []reportSection{{Table: t}}
	out = featuresSection(out, "features", f.Features, f.Kinds.Example+f.Kinds.SequenceExample, most)
	return featuresSection(out, "feature lists", f.FeatureLists, f.Kinds.SequenceExample, most)
}

func (l *lengths) text() string {
	if l.Min == l.Max {
		return fmt.Sprintf("%s each, %s together", terminal.Bytes(l.Min), terminal.Bytes(l.Total))
	}
	return fmt.Sprintf("%s to %s, %s together", terminal.Bytes(l.Min), terminal.Bytes(l.Max), terminal.Bytes(l.Total))
}

func (f *RecordFacts) kindsText() string {
	text := terminal.Thousands(f.Records)
	for _, k := range []struct {
		n    int64
		name string
	}{{f.Kinds.Example, "tf.train.Example"}, {f.Kinds.SequenceExample, "tf.train.SequenceExample"}, {f.Kinds.Bytes, "opaque bytes"}} {
		switch k.n {
		case 0:
		case f.Records:
			text += ", all " + k.name
		default:
			text += fmt.Sprintf(", %s %s", terminal.Thousands(k.n), k.name)
		}
	}
	return text
}

func featuresSection(out []reportSection, title string, features []featureFacts, records int64, most int) []reportSection {
	if len(features) == 0 {
		return out
	}
	shown := features[:min(len(features), most)]
	var t terminal.Table
	for _, v := range shown {
		in := "in all"
		if v.Count != records {
			in = "in " + terminal.Thousands(v.Count)
		}
		t.Add(terminal.Printable(v.Name), v.Kind, in, v.lengthsText(), v.Sample)
	}
	return append(out, reportSection{title + terminal.OfMany(len(shown), len(features), "the first"), t, false})
}

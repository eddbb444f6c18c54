package inspect

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	example "github.com/wamuir/graft/tensorflow/core/example/example_protos_go_proto"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
)

// featureFacts describe the values under one name.
type featureFacts struct {
	Name   string   `json:"name"`
	Kind   string   `json:"kind"`            // "bytes", "float", "int64", "none", or several: "float or int64"
	Count  int64    `json:"count"`           // records that have it
	Values lengths  `json:"values"`          // numbers of values in a record
	Steps  *lengths `json:"steps,omitempty"` // of a feature list: features in a record
	Bytes  *lengths `json:"bytes,omitempty"` // lengths of the values, where they are bytes
	Least  *Real    `json:"min,omitempty"`   // of the values, where they are numbers
	Most   *Real    `json:"max,omitempty"`   //
	Sample string   `json:"sample"`          // the first record's values, shortened

	sizes int64 // values counted in Bytes
}

// add takes in the values of one record.
func (f *featureFacts) add(v *example.Feature) {
	f.Values.add(f.take(v), f.Count)
	f.Count++
}

// addList takes in the feature list of one record.
func (f *featureFacts) addList(list []*example.Feature) {
	if f.Steps == nil {
		f.Steps = &lengths{}
	}
	var n int64
	for _, v := range list {
		n += f.take(v)
	}
	f.Steps.add(int64(len(list)), f.Count)
	f.Values.add(n, f.Count)
	f.Count++
}

// take notes kind and range of values and returns how many they are.
func (f *featureFacts) take(v *example.Feature) int64 {
	var n int
	switch k := v.GetKind().(type) {
	case *example.Feature_BytesList:
		f.is("bytes")
		n = len(k.BytesList.GetValue())
		if f.Bytes == nil {
			f.Bytes = &lengths{}
		}
		for _, b := range k.BytesList.GetValue() {
			f.Bytes.add(int64(len(b)), f.sizes)
			f.sizes++
		}
		f.sample(n, func(i int) string { return bytesSample(k.BytesList.Value[i]) })
	case *example.Feature_FloatList:
		f.is("float")
		n = len(k.FloatList.GetValue())
		for _, x := range k.FloatList.GetValue() {
			f.number(float64(x))
		}
		f.sample(n, func(i int) string { return Real(k.FloatList.Value[i]).String() })
	case *example.Feature_Int64List:
		f.is("int64")
		n = len(k.Int64List.GetValue())
		for _, x := range k.Int64List.GetValue() {
			f.number(float64(x))
		}
		f.sample(n, func(i int) string { return strconv.FormatInt(k.Int64List.Value[i], 10) })
	default:
		f.is("none")
	}
	return int64(n)
}

func (f *featureFacts) is(kind string) {
	switch {
	case f.Kind == "" || f.Kind == "none":
		f.Kind = kind
	case !strings.Contains(f.Kind, kind) && kind != "none":
		f.Kind += " or " + kind
	}
}

func (f *featureFacts) number(x float64) {
	if f.Least == nil {
		f.Least, f.Most = new(Real), new(Real)
		*f.Least, *f.Most = Real(x), Real(x)
	}
	*f.Least, *f.Most = min(*f.Least, Real(x)), max(*f.Most, Real(x))
}

// sampleWidth is the most characters of a sample.
const sampleWidth = 40

func (f *featureFacts) sample(n int, at func(int) string) {
	if f.Sample != "" || n == 0 {
		return
	}
	s := at(0)
	for i := 1; i < n; i++ {
		next := at(i)
		if utf8.RuneCountInString(s)+2+utf8.RuneCountInString(next) > sampleWidth {
			s += ", ..."
			break
		}
		s += ", " + next
	}
	f.Sample = s
}

// bytesSample is text in quotes, or the first bytes in hexadecimal.
func bytesSample(b []byte) string {
	short := b[:min(len(b), sampleWidth/2)]
	for len(short) < len(b) && len(short) > 0 && !utf8.RuneStart(b[len(short)]) {
		short = short[:len(short)-1]
	}
	dots := ""
	if len(short) < len(b) {
		dots = "..."
	}
	if utf8.Valid(short) && terminal.Printable(string(short)) == string(short) {
		return strconv.Quote(string(short)) + dots
	}
	return fmt.Sprintf("%x%s", short[:min(len(short), 12)], dots)
}

func (f *featureFacts) lengthsText() string {
	text := rangeText(f.Values) + " values"
	if f.Values.Max == 1 && f.Values.Min == 1 {
		text = "1 value"
	}
	if f.Steps != nil {
		text = rangeText(*f.Steps) + " steps, " + text
	}
	switch {
	case f.Bytes != nil:
		text += fmt.Sprintf(" of %s bytes", rangeText(*f.Bytes))
	case f.Least != nil:
		text += fmt.Sprintf(" from %v to %v", *f.Least, *f.Most)
	}
	return text
}

func rangeText(l lengths) string {
	if l.Min == l.Max {
		return terminal.Thousands(l.Min)
	}
	return terminal.Thousands(l.Min) + " to " + terminal.Thousands(l.Max)
}

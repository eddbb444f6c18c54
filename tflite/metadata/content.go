package metadata

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/gotf/gotf/internal/suggest"
)

// Content says what a tensor holds. At most one of the pointers to properties
// is set.
type Content struct {
	Feature     *Feature // plain numbers
	Image       *Image
	BoundingBox *BoundingBox
	Audio       *Audio

	Range *Range // the dimensions that the content takes; nil means all but the batch
}

// Feature stands for plain numbers.
type Feature struct{}

// Image is an image of the tensor's height and width.
type Image struct {
	ColorSpace  ColorSpace `json:"color_space,omitempty"`
	DefaultSize *ImageSize `json:"default_size,omitempty"` // where the tensor's shape is open
}

// ImageSize is in pixels.
type ImageSize struct {
	Width  uint32 `json:"width,omitempty"`
	Height uint32 `json:"height,omitempty"`
}

// BoundingBox is four numbers.
type BoundingBox struct {
	Index          []uint32       `json:"index,omitempty"` // the order of the numbers; nil is that of Type
	Type           BoxType        `json:"type,omitempty"`
	CoordinateType CoordinateType `json:"coordinate_type,omitempty"`
}

// Audio is a piece of sound.
type Audio struct {
	SampleRate uint32 `json:"sample_rate,omitempty"` // Hz
	Channels   uint32 `json:"channels,omitempty"`
}

// Range is a range of dimensions, both ends included.
type Range struct {
	Min int32 `json:"min,omitempty"`
	Max int32 `json:"max,omitempty"`
}

type contentJSON struct {
	Type       string          `json:"content_properties_type,omitempty"`
	Properties json.RawMessage `json:"content_properties,omitempty"`
	Range      *Range          `json:"range,omitempty"`
}

// members are the union's, by their names in the schema.
func (c *Content) members() union {
	return union{
		{"FeatureProperties", &c.Feature}, {"ImageProperties", &c.Image},
		{"BoundingBoxProperties", &c.BoundingBox}, {"AudioProperties", &c.Audio},
	}
}

// MarshalJSON writes the schema's form.
func (c Content) MarshalJSON() ([]byte, error) {
	j := contentJSON{Range: c.Range}
	var err error
	j.Type, j.Properties, err = c.members().marshal()
	if err != nil {
		return nil, err
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads the schema's form.
func (c *Content) UnmarshalJSON(text []byte) error {
	var j contentJSON
	if err := strictJSON(text, &j); err != nil {
		return err
	}
	*c = Content{Range: j.Range}
	return c.members().unmarshal("content_properties_type", j.Type, j.Properties)
}

// union is a set of pointers of which at most one is set.
type union []struct {
	name string
	to   any // a pointer to the pointer
}

// set is the index of the member that is set, -1 if none is.
func (u union) set() (int, error) {
	at := -1
	for i, m := range u {
		if reflect.ValueOf(m.to).Elem().IsNil() {
			continue
		}
		if at >= 0 {
			return -1, fmt.Errorf("%s and %s are both set, want one", u[at].name, m.name)
		}
		at = i
	}
	return at, nil
}

func (u union) marshal() (name string, value json.RawMessage, err error) {
	i, err := u.set()
	if i < 0 {
		return "", nil, err
	}
	value, err = json.Marshal(u[i].to)
	return u[i].name, value, err
}

func (u union) unmarshal(field, name string, value json.RawMessage) error {
	if name == "" || name == "NONE" {
		if len(value) > 0 {
			return fmt.Errorf("%s is missing", field)
		}
		return nil
	}
	var names []string
	for _, m := range u {
		if m.name == name {
			if len(value) == 0 || string(value) == "null" {
				value = json.RawMessage("{}")
			}
			return strictJSON(value, m.to)
		}
		names = append(names, m.name)
	}
	return fmt.Errorf("unknown %s %q%s (there are %v)", field, name, suggest.DidYouMean(name, names), names)
}

// strictJSON refuses fields that to has not.
func strictJSON(text []byte, to any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(to)
}

// Bytes are written to JSON as a list of numbers, as the official tools do.
type Bytes []byte

// MarshalJSON writes a list of numbers.
func (b Bytes) MarshalJSON() ([]byte, error) {
	list := make([]uint16, len(b))
	for i, v := range b {
		list[i] = uint16(v)
	}
	return json.Marshal(list)
}

// UnmarshalJSON reads a list of numbers.
func (b *Bytes) UnmarshalJSON(text []byte) error {
	var list []uint8
	var wide []uint16
	if err := json.Unmarshal(text, &wide); err != nil {
		return err
	}
	for _, v := range wide {
		if v > 255 {
			return fmt.Errorf("%d is no byte", v)
		}
		list = append(list, uint8(v))
	}
	*b = list
	return nil
}

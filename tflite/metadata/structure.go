package metadata

import (
	"encoding/binary"
	"fmt"
	"strings"
	"sync"

	"github.com/gotf/gotf/tflite/metadata/internal/schema"
)

// The tables of the metadata schema, fields in the order of the vtable. N: a
// scalar of N bytes, s: a string, T: a table, <U: a union whose type is the
// field before, [x]: a vector.
const layout = `
AssociatedFile name:s description:s type:1 locale:s version:s
FeatureProperties
ImageSize width:4 height:4
ImageProperties color_space:1 default_size:ImageSize
AudioProperties sample_rate:4 channels:4
BoundingBoxProperties index:[4] type:1 coordinate_type:1
ValueRange min:4 max:4
Content content_properties_type:1 content_properties:<ContentProperties range:ValueRange
NormalizationOptions mean:[4] std:[4]
ScoreCalibrationOptions score_transformation:1 default_score:4
ScoreThresholdingOptions global_score_threshold:4
BertTokenizerOptions vocab_file:[AssociatedFile]
SentencePieceTokenizerOptions sentencePiece_model:[AssociatedFile] vocab_file:[AssociatedFile]
RegexTokenizerOptions delim_regex_pattern:s vocab_file:[AssociatedFile]
ProcessUnit options_type:1 options:<ProcessUnitOptions
Stats max:[4] min:[4]
TensorGroup name:s tensor_names:[s]
TensorMetadata name:s description:s dimension_names:[s] content:Content process_units:[ProcessUnit] stats:Stats associated_files:[AssociatedFile]
CustomMetadata name:s data:[1]
SubGraphMetadata name:s description:s input_tensor_metadata:[TensorMetadata] output_tensor_metadata:[TensorMetadata] associated_files:[AssociatedFile] input_process_units:[ProcessUnit] output_process_units:[ProcessUnit] input_tensor_groups:[TensorGroup] output_tensor_groups:[TensorGroup] custom_metadata:[CustomMetadata]
ModelMetadata name:s description:s version:s subgraph_metadata:[SubGraphMetadata] author:s license:s associated_files:[AssociatedFile] min_parser_version:s
`

type field struct{ name, kind string }

var tables = sync.OnceValue(func() map[string][]field {
	tables := map[string][]field{}
	for line := range strings.Lines(strings.TrimSpace(layout)) {
		words := strings.Fields(line)
		var fields []field
		for _, w := range words[1:] {
			name, kind, _ := strings.Cut(w, ":")
			fields = append(fields, field{name, kind})
		}
		tables[words[0]] = fields
	}
	return tables
})

// member is the table of a union's value, "" for an unknown one.
func member(union string, value byte) string {
	if union == "ContentProperties" {
		return schema.EnumNamesContentProperties[schema.ContentProperties(value)]
	}
	return schema.EnumNamesProcessUnitOptions[schema.ProcessUnitOptions(value)]
}

const (
	maxDepth  = 16
	maxTables = 1 << 16

	spareBytes = 1 << 20 // beside twice the length
)

// checker walks through a metadata flatbuffer before anything reads it.
type checker struct {
	data   []byte
	depth  int
	tables int
	bytes  int    // of vectors and strings, which tables may share
	newer  string // the first thing that the schema does not know
}

// check checks that all tables, vectors and strings lie inside data. What only
// a newer schema knows is named.
func check(data []byte) (newer string, err error) {
	if len(data) < 8 || string(data[4:8]) != schema.ModelMetadataIdentifier {
		return "", fmt.Errorf("the metadata does not begin with the identifier %q", schema.ModelMetadataIdentifier)
	}
	c := &checker{data: data}
	at, err := c.follow(0)
	if err == nil {
		err = c.table(at, "ModelMetadata")
	}
	if err != nil {
		return "", fmt.Errorf("damaged metadata: %w", err)
	}
	return c.newer, nil
}

func (c *checker) room(at, n int) bool { return at >= 0 && n >= 0 && at <= len(c.data)-n }

func (c *checker) word(at int) int { return int(binary.LittleEndian.Uint32(c.data[at:])) }

// follow reads the offset at a position.
func (c *checker) follow(at int) (int, error) {
	if !c.room(at, 4) {
		return 0, fmt.Errorf("an offset runs past the end")
	}
	off := c.word(at)
	if off == 0 || !c.room(at+off, 4) {
		return 0, fmt.Errorf("the offset %d points outside", off)
	}
	return at + off, nil
}

func (c *checker) table(at int, name string) error {
	if c.depth++; c.depth > maxDepth {
		return fmt.Errorf("tables are nested more than %d deep", maxDepth)
	}
	defer func() { c.depth-- }()
	if c.tables++; c.tables > maxTables {
		return fmt.Errorf("it has more than %d tables", maxTables)
	}
	v, vsize, size, err := c.vtable(at)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	fields := tables()[name]
	for i := 0; 4+2*i < vsize; i++ {
		off := int(binary.LittleEndian.Uint16(c.data[v+4+2*i:]))
		if off == 0 {
			continue
		}
		if i >= len(fields) {
			c.note("a field number %d of %s", i, name)
			continue
		}
		kind := byte(0)
		if i > 0 {
			if before := int(binary.LittleEndian.Uint16(c.data[v+2+2*i:])); before != 0 && before < size {
				kind = c.data[at+before]
			}
		}
		if err := c.field(at, off, size, fields[i], kind); err != nil {
			return fmt.Errorf("%s.%s: %w", name, fields[i].name, err)
		}
	}
	return nil
}

// vtable checks a table's vtable: its place, its size and the table's size.
func (c *checker) vtable(at int) (v, vsize, size int, err error) {
	v = at - int(int32(c.word(at)))
	if !c.room(v, 4) {
		return 0, 0, 0, fmt.Errorf("the vtable lies outside")
	}
	vsize, size = int(binary.LittleEndian.Uint16(c.data[v:])), int(binary.LittleEndian.Uint16(c.data[v+2:]))
	if vsize < 4 || vsize%2 != 0 || !c.room(v, vsize) || size < 4 || !c.room(at, size) {
		return 0, 0, 0, fmt.Errorf("the vtable has a bad size")
	}
	return v, vsize, size, nil
}

func (c *checker) note(format string, args ...any) {
	if c.newer == "" {
		c.newer = fmt.Sprintf(format, args...)
	}
}

// field checks the field at an offset of the table at a position; kind is the
// field before, which says the type of a union.
func (c *checker) field(at, off, size int, f field, kind byte) error {
	width := scalar(f.kind)
	if off+max(width, 4*b2i(width == 0)) > size {
		return fmt.Errorf("it lies outside its table")
	}
	if width > 0 {
		return nil
	}
	to, err := c.follow(at + off)
	if err != nil {
		return err
	}
	switch f.kind[0] {
	case 's':
		return c.text(to)
	case '[':
		return c.vector(to, strings.Trim(f.kind, "[]"))
	case '<':
		name := member(f.kind[1:], kind)
		if name == "" || name == "NONE" {
			c.note("a member number %d of %s", kind, f.kind[1:])
			return nil
		}
		return c.table(to, name)
	}
	return c.table(to, f.kind)
}

// scalar is the size of a scalar, 0 for what is none.
func scalar(kind string) int {
	if len(kind) == 1 && kind[0] >= '1' && kind[0] <= '8' {
		return int(kind[0] - '0')
	}
	return 0
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (c *checker) vector(at int, of string) error {
	n, width := c.word(at), max(scalar(of), 4*b2i(scalar(of) == 0))
	if n > (len(c.data)-at-4)/width {
		return fmt.Errorf("the vector of %d elements runs past the end", n)
	}
	if err := c.count(n * width); err != nil || scalar(of) > 0 {
		return err
	}
	for i := range n {
		to, err := c.follow(at + 4 + 4*i)
		if err == nil && of == "s" {
			err = c.text(to)
		} else if err == nil {
			err = c.table(to, of)
		}
		if err != nil {
			return fmt.Errorf("%d: %w", i, err)
		}
	}
	return nil
}

func (c *checker) text(at int) error {
	if n := c.word(at); !c.room(at+4, n+1) || c.data[at+4+n] != 0 {
		return fmt.Errorf("the string of %d bytes runs past the end", n)
	}
	return c.count(c.word(at))
}

// count limits what reading the metadata makes of it.
func (c *checker) count(n int) error {
	if c.bytes += n; c.bytes > 2*len(c.data)+spareBytes {
		return fmt.Errorf("its parts refer to the same bytes again and again")
	}
	return nil
}

package metadata

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/tflite/metadata/internal/schema"
)

// FileType says what an associated file is for.
type FileType int8

// The types of files.
const (
	UnknownFile      = FileType(schema.AssociatedFileTypeUNKNOWN)
	Descriptions     = FileType(schema.AssociatedFileTypeDESCRIPTIONS)
	AxisLabels       = FileType(schema.AssociatedFileTypeTENSOR_AXIS_LABELS)  // a label for each position of the last axis
	ValueLabels      = FileType(schema.AssociatedFileTypeTENSOR_VALUE_LABELS) // a label for each value
	ScoreCalibration = FileType(schema.AssociatedFileTypeTENSOR_AXIS_SCORE_CALIBRATION)
	Vocabulary       = FileType(schema.AssociatedFileTypeVOCABULARY)
	ScannIndex       = FileType(schema.AssociatedFileTypeSCANN_INDEX_FILE)
)

// ColorSpace is that of an image.
type ColorSpace int8

// The colour spaces.
const (
	UnknownColor = ColorSpace(schema.ColorSpaceTypeUNKNOWN)
	RGB          = ColorSpace(schema.ColorSpaceTypeRGB)
	Grayscale    = ColorSpace(schema.ColorSpaceTypeGRAYSCALE)
)

// BoxType says what the four numbers of a bounding box are.
type BoxType int8

// The kinds of boxes.
const (
	UnknownBox = BoxType(schema.BoundingBoxTypeUNKNOWN)
	Boundaries = BoxType(schema.BoundingBoxTypeBOUNDARIES) // left, top, right, bottom
	UpperLeft  = BoxType(schema.BoundingBoxTypeUPPER_LEFT) // left, top, width, height
	Center     = BoxType(schema.BoundingBoxTypeCENTER)     // centre x, centre y, width, height
)

// CoordinateType is the unit of a bounding box.
type CoordinateType int8

// The units.
const (
	Ratio = CoordinateType(schema.CoordinateTypeRATIO) // 0 to 1
	Pixel = CoordinateType(schema.CoordinateTypePIXEL)
)

// ScoreTransformation is applied to a score before its calibration.
type ScoreTransformation int8

// The transformations.
const (
	Identity        = ScoreTransformation(schema.ScoreTransformationTypeIDENTITY)
	Log             = ScoreTransformation(schema.ScoreTransformationTypeLOG)
	InverseLogistic = ScoreTransformation(schema.ScoreTransformationTypeINVERSE_LOGISTIC)
)

// String is the value's name in the schema, TENSOR_AXIS_LABELS.
func (v FileType) String() string { return enumName(v, schema.EnumNamesAssociatedFileType) }

// String is the value's name in the schema.
func (v ColorSpace) String() string { return enumName(v, schema.EnumNamesColorSpaceType) }

// String is the value's name in the schema.
func (v BoxType) String() string { return enumName(v, schema.EnumNamesBoundingBoxType) }

// String is the value's name in the schema.
func (v CoordinateType) String() string { return enumName(v, schema.EnumNamesCoordinateType) }

// String is the value's name in the schema.
func (v ScoreTransformation) String() string {
	return enumName(v, schema.EnumNamesScoreTransformationType)
}

// MarshalText writes the value's name.
func (v FileType) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// MarshalText writes the value's name.
func (v ColorSpace) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// MarshalText writes the value's name.
func (v BoxType) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// MarshalText writes the value's name.
func (v CoordinateType) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// MarshalText writes the value's name.
func (v ScoreTransformation) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// UnmarshalText reads the value's name.
func (v *FileType) UnmarshalText(text []byte) error {
	return parseEnum(v, "file type", text, schema.EnumValuesAssociatedFileType)
}

// UnmarshalText reads the value's name.
func (v *ColorSpace) UnmarshalText(text []byte) error {
	return parseEnum(v, "colour space", text, schema.EnumValuesColorSpaceType)
}

// UnmarshalText reads the value's name.
func (v *BoxType) UnmarshalText(text []byte) error {
	return parseEnum(v, "bounding box type", text, schema.EnumValuesBoundingBoxType)
}

// UnmarshalText reads the value's name.
func (v *CoordinateType) UnmarshalText(text []byte) error {
	return parseEnum(v, "coordinate type", text, schema.EnumValuesCoordinateType)
}

// UnmarshalText reads the value's name.
func (v *ScoreTransformation) UnmarshalText(text []byte) error {
	return parseEnum(v, "score transformation", text, schema.EnumValuesScoreTransformationType)
}

// enumName is a value's name or, of a newer schema's, its number.
func enumName[E, S ~int8](v E, names map[S]string) string {
	if name, ok := names[S(v)]; ok {
		return name
	}
	return strconv.Itoa(int(v))
}

func parseEnum[E, S ~int8](v *E, what string, text []byte, values map[string]S) error {
	if n, err := strconv.ParseInt(string(text), 10, 8); err == nil {
		*v = E(n)
		return nil
	}
	s, ok := values[string(text)]
	if !ok {
		names := slices.Sorted(maps.Keys(values))
		return fmt.Errorf("unknown %s %q%s (there are %v)", what, text, suggest.DidYouMean(string(text), names), names)
	}
	*v = E(s)
	return nil
}

package metadata

import (
	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/gotf/gotf/tflite/metadata/internal/schema"
)

// encode writes a metadata flatbuffer.
func encode(m *Metadata) []byte {
	t := &schema.ModelMetadataT{
		Name: m.Name, Description: m.Description, Version: m.Version, Author: m.Author, License: m.License,
		AssociatedFiles: encodeFiles(m.AssociatedFiles), MinParserVersion: m.minParserVersion(),
		SubgraphMetadata: list(m.Subgraphs, encodeSubgraph),
	}
	b := flatbuffers.NewBuilder(1024)
	schema.FinishModelMetadataBuffer(b, t.Pack(b))
	return b.FinishedBytes()
}

func encodeSubgraph(s *Subgraph) *schema.SubGraphMetadataT {
	return &schema.SubGraphMetadataT{
		Name: s.Name, Description: s.Description,
		InputTensorMetadata:  list(s.Inputs, encodeTensor),
		OutputTensorMetadata: list(s.Outputs, encodeTensor),
		AssociatedFiles:      encodeFiles(s.AssociatedFiles),
		InputProcessUnits:    list(s.InputProcessUnits, encodeUnit),
		OutputProcessUnits:   list(s.OutputProcessUnits, encodeUnit),
		InputTensorGroups:    list(s.InputTensorGroups, encodeGroup),
		OutputTensorGroups:   list(s.OutputTensorGroups, encodeGroup),
		CustomMetadata: list(s.CustomMetadata, func(c CustomMetadata) *schema.CustomMetadataT {
			return &schema.CustomMetadataT{Name: c.Name, Data: c.Data}
		}),
	}
}

func encodeGroup(g TensorGroup) *schema.TensorGroupT {
	return &schema.TensorGroupT{Name: g.Name, TensorNames: g.TensorNames}
}

func encodeTensor(t *Tensor) *schema.TensorMetadataT {
	out := &schema.TensorMetadataT{
		Name: t.Name, Description: t.Description, DimensionNames: t.DimensionNames,
		Content:         encodeContent(t.Content),
		ProcessUnits:    list(t.ProcessUnits, encodeUnit),
		AssociatedFiles: encodeFiles(t.AssociatedFiles),
	}
	if t.Stats != nil {
		out.Stats = &schema.StatsT{Max: t.Stats.Max, Min: t.Stats.Min}
	}
	return out
}

func encodeFiles(files []File) []*schema.AssociatedFileT {
	return list(files, func(f File) *schema.AssociatedFileT {
		return &schema.AssociatedFileT{
			Name: f.Name, Description: f.Description, Type: schema.AssociatedFileType(f.Type),
			Locale: f.Locale, Version: f.Version,
		}
	})
}

func encodeContent(c *Content) *schema.ContentT {
	if c == nil {
		return nil
	}
	t := &schema.ContentT{}
	if c.Range != nil {
		t.Range = &schema.ValueRangeT{Min: c.Range.Min, Max: c.Range.Max}
	}
	switch {
	case c.Feature != nil:
		t.ContentProperties = &schema.ContentPropertiesT{Type: schema.ContentPropertiesFeatureProperties, Value: &schema.FeaturePropertiesT{}}
	case c.Image != nil:
		image := &schema.ImagePropertiesT{ColorSpace: schema.ColorSpaceType(c.Image.ColorSpace)}
		if s := c.Image.DefaultSize; s != nil {
			image.DefaultSize = &schema.ImageSizeT{Width: s.Width, Height: s.Height}
		}
		t.ContentProperties = &schema.ContentPropertiesT{Type: schema.ContentPropertiesImageProperties, Value: image}
	case c.BoundingBox != nil:
		t.ContentProperties = &schema.ContentPropertiesT{Type: schema.ContentPropertiesBoundingBoxProperties, Value: &schema.BoundingBoxPropertiesT{
			Index: c.BoundingBox.Index, Type: schema.BoundingBoxType(c.BoundingBox.Type),
			CoordinateType: schema.CoordinateType(c.BoundingBox.CoordinateType),
		}}
	case c.Audio != nil:
		t.ContentProperties = &schema.ContentPropertiesT{Type: schema.ContentPropertiesAudioProperties, Value: &schema.AudioPropertiesT{
			SampleRate: c.Audio.SampleRate, Channels: c.Audio.Channels,
		}}
	}
	return t
}

func encodeUnit(u ProcessUnit) *schema.ProcessUnitT {
	o := &schema.ProcessUnitOptionsT{}
	switch {
	case u.Normalization != nil:
		o.Type, o.Value = schema.ProcessUnitOptionsNormalizationOptions,
			&schema.NormalizationOptionsT{Mean: u.Normalization.Mean, Std: u.Normalization.Std}
	case u.ScoreCalibration != nil:
		o.Type, o.Value = schema.ProcessUnitOptionsScoreCalibrationOptions, &schema.ScoreCalibrationOptionsT{
			ScoreTransformation: schema.ScoreTransformationType(u.ScoreCalibration.Transformation),
			DefaultScore:        u.ScoreCalibration.DefaultScore,
		}
	case u.ScoreThresholding != nil:
		o.Type, o.Value = schema.ProcessUnitOptionsScoreThresholdingOptions,
			&schema.ScoreThresholdingOptionsT{GlobalScoreThreshold: u.ScoreThresholding.GlobalScoreThreshold}
	case u.BertTokenizer != nil:
		o.Type, o.Value = schema.ProcessUnitOptionsBertTokenizerOptions,
			&schema.BertTokenizerOptionsT{VocabFile: encodeFiles(u.BertTokenizer.VocabFile)}
	case u.SentencePiece != nil:
		o.Type, o.Value = schema.ProcessUnitOptionsSentencePieceTokenizerOptions, &schema.SentencePieceTokenizerOptionsT{
			SentencePieceModel: encodeFiles(u.SentencePiece.Model), VocabFile: encodeFiles(u.SentencePiece.VocabFile),
		}
	case u.RegexTokenizer != nil:
		o.Type, o.Value = schema.ProcessUnitOptionsRegexTokenizerOptions, &schema.RegexTokenizerOptionsT{
			DelimRegexPattern: u.RegexTokenizer.DelimRegexPattern, VocabFile: encodeFiles(u.RegexTokenizer.VocabFile),
		}
	default:
		return &schema.ProcessUnitT{}
	}
	return &schema.ProcessUnitT{Options: o}
}

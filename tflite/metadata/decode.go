package metadata

import "github.com/gotf/gotf/tflite/metadata/internal/schema"

// decode reads a metadata flatbuffer.
func decode(data []byte) (*Metadata, error) {
	newer, err := check(data)
	if err != nil {
		return nil, err
	}
	t := schema.GetRootAsModelMetadata(data, 0).UnPack()
	m := &Metadata{
		Name: t.Name, Description: t.Description, Version: t.Version, Author: t.Author, License: t.License,
		AssociatedFiles: decodeFiles(t.AssociatedFiles), MinParserVersion: t.MinParserVersion, newer: newer,
	}
	for _, s := range t.SubgraphMetadata {
		m.Subgraphs = append(m.Subgraphs, decodeSubgraph(s))
	}
	return m, nil
}

// list converts the elements of a vector; an empty one is nil.
func list[From, To any](from []From, convert func(From) To) (to []To) {
	for _, f := range from {
		to = append(to, convert(f))
	}
	return to
}

func decodeSubgraph(t *schema.SubGraphMetadataT) *Subgraph {
	return &Subgraph{
		Name: t.Name, Description: t.Description,
		Inputs:             list(t.InputTensorMetadata, decodeTensor),
		Outputs:            list(t.OutputTensorMetadata, decodeTensor),
		AssociatedFiles:    decodeFiles(t.AssociatedFiles),
		InputProcessUnits:  list(t.InputProcessUnits, decodeUnit),
		OutputProcessUnits: list(t.OutputProcessUnits, decodeUnit),
		InputTensorGroups:  list(t.InputTensorGroups, decodeGroup),
		OutputTensorGroups: list(t.OutputTensorGroups, decodeGroup),
		CustomMetadata: list(t.CustomMetadata, func(c *schema.CustomMetadataT) CustomMetadata {
			return CustomMetadata{c.Name, Bytes(c.Data)}
		}),
	}
}

func decodeGroup(t *schema.TensorGroupT) TensorGroup {
	return TensorGroup{t.Name, full(t.TensorNames)}
}

func decodeTensor(t *schema.TensorMetadataT) *Tensor {
	out := &Tensor{
		Name: t.Name, Description: t.Description, DimensionNames: full(t.DimensionNames),
		Content:         decodeContent(t.Content),
		ProcessUnits:    list(t.ProcessUnits, decodeUnit),
		AssociatedFiles: decodeFiles(t.AssociatedFiles),
	}
	if t.Stats != nil {
		out.Stats = &Stats{Max: full(t.Stats.Max), Min: full(t.Stats.Min)}
	}
	return out
}

// full is s, nil if it is empty.
func full[E any](s []E) []E {
	if len(s) == 0 {
		return nil
	}
	return s
}

func decodeFiles(files []*schema.AssociatedFileT) []File {
	return list(files, func(f *schema.AssociatedFileT) File {
		return File{f.Name, f.Description, FileType(f.Type), f.Locale, f.Version}
	})
}

func decodeContent(t *schema.ContentT) *Content {
	if t == nil {
		return nil
	}
	c := &Content{}
	if t.Range != nil {
		c.Range = &Range{t.Range.Min, t.Range.Max}
	}
	if t.ContentProperties == nil {
		return c
	}
	switch p := t.ContentProperties.Value.(type) {
	case *schema.FeaturePropertiesT:
		c.Feature = &Feature{}
	case *schema.ImagePropertiesT:
		c.Image = &Image{ColorSpace: ColorSpace(p.ColorSpace)}
		if p.DefaultSize != nil {
			c.Image.DefaultSize = &ImageSize{p.DefaultSize.Width, p.DefaultSize.Height}
		}
	case *schema.BoundingBoxPropertiesT:
		c.BoundingBox = &BoundingBox{full(p.Index), BoxType(p.Type), CoordinateType(p.CoordinateType)}
	case *schema.AudioPropertiesT:
		c.Audio = &Audio{p.SampleRate, p.Channels}
	}
	return c
}

func decodeUnit(t *schema.ProcessUnitT) (u ProcessUnit) {
	if t.Options == nil {
		return u
	}
	switch p := t.Options.Value.(type) {
	case *schema.NormalizationOptionsT:
		u.Normalization = &Normalization{full(p.Mean), full(p.Std)}
	case *schema.ScoreCalibrationOptionsT:
		u.ScoreCalibration = &Calibration{ScoreTransformation(p.ScoreTransformation), p.DefaultScore}
	case *schema.ScoreThresholdingOptionsT:
		u.ScoreThresholding = &Thresholding{p.GlobalScoreThreshold}
	case *schema.BertTokenizerOptionsT:
		u.BertTokenizer = &BertTokenizer{decodeFiles(p.VocabFile)}
	case *schema.SentencePieceTokenizerOptionsT:
		u.SentencePiece = &SentencePiece{decodeFiles(p.SentencePieceModel), decodeFiles(p.VocabFile)}
	case *schema.RegexTokenizerOptionsT:
		u.RegexTokenizer = &RegexTokenizer{p.DelimRegexPattern, decodeFiles(p.VocabFile)}
	}
	return u
}

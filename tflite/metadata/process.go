package metadata

import "encoding/json"

// ProcessUnit is a step before the network or after it. Exactly one of the
// pointers is set.
type ProcessUnit struct {
	Normalization     *Normalization
	ScoreCalibration  *Calibration
	ScoreThresholding *Thresholding
	BertTokenizer     *BertTokenizer
	SentencePiece     *SentencePiece
	RegexTokenizer    *RegexTokenizer
}

// Normalization makes (x - Mean) / Std of x, by channel; one value stands for
// all channels.
type Normalization struct {
	Mean []float32 `json:"mean,omitempty"`
	Std  []float32 `json:"std,omitempty"`
}

// Calibration makes scores comparable by sigmoids whose parameters are in a
// file of type [ScoreCalibration].
type Calibration struct {
	Transformation ScoreTransformation `json:"score_transformation,omitempty"`
	DefaultScore   float32             `json:"default_score,omitempty"`
}

// Thresholding drops scores below a threshold.
type Thresholding struct {
	GlobalScoreThreshold float32 `json:"global_score_threshold,omitempty"`
}

// BertTokenizer splits text into the pieces of a vocabulary.
type BertTokenizer struct {
	VocabFile []File `json:"vocab_file,omitempty"`
}

// SentencePiece splits text by a SentencePiece model.
type SentencePiece struct {
	Model     []File `json:"sentencePiece_model,omitempty"`
	VocabFile []File `json:"vocab_file,omitempty"`
}

// RegexTokenizer splits text where a pattern matches.
type RegexTokenizer struct {
	DelimRegexPattern string `json:"delim_regex_pattern,omitempty"`
	VocabFile         []File `json:"vocab_file,omitempty"`
}

type processJSON struct {
	Type    string          `json:"options_type,omitempty"`
	Options json.RawMessage `json:"options,omitempty"`
}

func (p *ProcessUnit) members() union {
	return union{
		{"NormalizationOptions", &p.Normalization}, {"ScoreCalibrationOptions", &p.ScoreCalibration},
		{"ScoreThresholdingOptions", &p.ScoreThresholding}, {"BertTokenizerOptions", &p.BertTokenizer},
		{"SentencePieceTokenizerOptions", &p.SentencePiece}, {"RegexTokenizerOptions", &p.RegexTokenizer},
	}
}

// MarshalJSON writes the schema's form.
func (p ProcessUnit) MarshalJSON() ([]byte, error) {
	var j processJSON
	var err error
	if j.Type, j.Options, err = p.members().marshal(); err != nil {
		return nil, err
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads the schema's form.
func (p *ProcessUnit) UnmarshalJSON(text []byte) error {
	var j processJSON
	if err := strictJSON(text, &j); err != nil {
		return err
	}
	*p = ProcessUnit{}
	return p.members().unmarshal("options_type", j.Type, j.Options)
}

// files are the lists of files of a tokenizer.
func (p ProcessUnit) files() [][]File {
	switch {
	case p.BertTokenizer != nil:
		return [][]File{p.BertTokenizer.VocabFile}
	case p.SentencePiece != nil:
		return [][]File{p.SentencePiece.Model, p.SentencePiece.VocabFile}
	case p.RegexTokenizer != nil:
		return [][]File{p.RegexTokenizer.VocabFile}
	}
	return nil
}

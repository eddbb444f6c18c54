package metadata

import "slices"

// The versions of the schema that added something.
var history = []string{"1.0.0", "1.0.1", "1.1.0", "1.2.0", "1.2.1", "1.3.0", "1.4.0", "1.4.1", "1.5.0"}

// minParserVersion is the oldest version of the schema that has all that m
// uses, by the official rules: these do not look at tokenizers' files.
func (m *Metadata) minParserVersion() string {
	at := 0
	need := func(uses bool, version string) {
		if uses {
			at = max(at, slices.Index(history, version))
		}
	}
	for _, f := range m.attached() {
		need(f.Type == Vocabulary, "1.0.1")
		need(f.Type == ScannIndex, "1.4.0")
		need(f.Version != "", "1.4.1")
	}
	for _, u := range m.units() {
		need(u.BertTokenizer != nil || u.SentencePiece != nil, "1.1.0")
		need(u.RegexTokenizer != nil, "1.2.1")
	}
	for _, s := range m.Subgraphs {
		need(s.InputProcessUnits != nil || s.OutputProcessUnits != nil, "1.1.0")
		need(s.InputTensorGroups != nil || s.OutputTensorGroups != nil, "1.2.0")
		need(s.CustomMetadata != nil, "1.5.0")
		for _, t := range s.tensors() {
			need(t.Content != nil && t.Content.Audio != nil, "1.3.0")
		}
	}
	return history[at]
}

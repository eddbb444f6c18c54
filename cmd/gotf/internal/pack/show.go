package pack

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/tflite/metadata"
)

func show(c *cli.Context, model string) error {
	_, p, err := readPackage(model)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		if p.Metadata == nil {
			return fmt.Errorf("%s has no metadata", model)
		}
		return terminal.PrintJSON(c, p.Metadata)
	}
	w := c.App.Writer
	if p.Metadata == nil {
		fmt.Fprintf(w, "%s has no metadata\n", model)
	} else {
		showMetadata(w, p.Metadata)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Files)) {
		fmt.Fprintf(w, "file %s: %s\n", name, terminal.Bytes(int64(len(p.Files[name]))))
	}
	if p.Metadata == nil {
		fmt.Fprintf(c.App.ErrWriter, "next: gotf package %s --output OUT.tflite --name NAME --labels labels.txt\n", model)
	} else {
		fmt.Fprintf(c.App.ErrWriter, "next: gotf package %s --extract DIR\n", model)
	}
	return nil
}

func showMetadata(w io.Writer, m *metadata.Metadata) {
	for _, line := range [][2]string{
		{"name", m.Name}, {"description", m.Description}, {"version", m.Version}, {"author", m.Author},
		{"license", m.License}, {"min_parser_version", m.MinParserVersion},
	} {
		if line[1] != "" {
			fmt.Fprintf(w, "%s: %s\n", line[0], oneLineText(line[1]))
		}
	}
	for _, s := range m.Subgraphs {
		for i, t := range s.Inputs {
			showTensor(w, fmt.Sprintf("input %d", i), t)
		}
		for i, t := range s.Outputs {
			showTensor(w, fmt.Sprintf("output %d", i), t)
		}
		for _, g := range slices.Concat(s.InputTensorGroups, s.OutputTensorGroups) {
			fmt.Fprintf(w, "group %s: %s\n", oneLineText(g.Name), oneLineText(strings.Join(g.TensorNames, ", ")))
		}
	}
}

func showTensor(w io.Writer, what string, t *metadata.Tensor) {
	parts := []string{contentText(t.Content)}
	for _, u := range t.ProcessUnits {
		parts = append(parts, unitText(u))
	}
	for _, f := range t.AssociatedFiles {
		locale := ""
		if f.Locale != "" {
			locale = " (" + f.Locale + ")"
		}
		parts = append(parts, fmt.Sprintf("%v %s%s", f.Type, f.Name, locale))
	}
	if t.Description != "" {
		parts = append(parts, t.Description)
	}
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	fmt.Fprintf(w, "%s %s: %s\n", what, oneLineText(t.Name), oneLineText(strings.Join(parts, "; ")))
}

func contentText(c *metadata.Content) string {
	switch {
	case c == nil:
		return ""
	case c.Image != nil:
		return fmt.Sprintf("image %v", c.Image.ColorSpace)
	case c.BoundingBox != nil:
		return fmt.Sprintf("bounding box %v in %v", c.BoundingBox.Type, c.BoundingBox.CoordinateType)
	case c.Audio != nil:
		return fmt.Sprintf("audio of %d Hz, %s", c.Audio.SampleRate, terminal.Count(int(c.Audio.Channels), "channel"))
	case c.Feature != nil:
		return "numbers"
	}
	return ""
}

func unitText(u metadata.ProcessUnit) string {
	switch {
	case u.Normalization != nil:
		return fmt.Sprintf("(x - %v) / %v", u.Normalization.Mean, u.Normalization.Std)
	case u.ScoreCalibration != nil:
		return fmt.Sprintf("calibrated scores, default %v", u.ScoreCalibration.DefaultScore)
	case u.ScoreThresholding != nil:
		return fmt.Sprintf("scores above %v", u.ScoreThresholding.GlobalScoreThreshold)
	case u.BertTokenizer != nil:
		return "BERT tokenizer"
	case u.SentencePiece != nil:
		return "SentencePiece tokenizer"
	case u.RegexTokenizer != nil:
		return fmt.Sprintf("tokenizer split by %q", u.RegexTokenizer.DelimRegexPattern)
	}
	return ""
}

// oneLineText keeps what a file says from breaking the output's lines, or the
// terminal.
func oneLineText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

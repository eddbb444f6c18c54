package convert

import (
	"regexp"
	"strings"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/tf"
)

// The converter's words when it has no kernels for operations.
var (
	needsFlex   = regexp.MustCompile(`TF Select ops: ([^\n]*)`)
	needsCustom = regexp.MustCompile(`Custom ops: ([^\n]*)`)
	noise       = regexp.MustCompile(`<unknown>:\d+: |loc\([^:]*\): |\[\[.*\]\]`)
)

// mostWords bounds the converter's own words in an error.
const mostWords = 400

// explain makes one line of what the converter said.
func explain(op, version string, st ctf.Status) error {
	code := tf.Code(st.Code)
	if code == tf.Unimplemented {
		return errorf(op, code, "%s (TensorFlow %s)", st.Message, version)
	}
	var lacks []string
	for _, form := range []*regexp.Regexp{needsFlex, needsCustom} {
		if m := form.FindStringSubmatch(st.Message); m != nil {
			lacks = append(lacks, strings.TrimSpace(m[1]))
		}
	}
	if len(lacks) > 0 {
		return errorf(op, tf.Unimplemented, "TFLite has no kernel for %s", strings.Join(lacks, ", "))
	}
	if code == tf.OutOfRange || code == tf.DataLoss {
		return errorf(op, tf.DataLoss, "the values of the variables are cut short or damaged")
	}
	words := strings.Join(strings.Fields(noise.ReplaceAllString(st.Message, " ")), " ")
	if len(words) > mostWords {
		words = strings.ToValidUTF8(words[:mostWords], "") + "..."
	}
	return errorf(op, code, "%s", words)
}

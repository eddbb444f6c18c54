package convert

import (
	"context"
	"io"
	"iter"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tflite/convert"
)

// progress shows on a terminal how many samples a step has taken, if it is a long
// one.
type progress struct {
	out io.Writer // nil where nobody looks
}

// patience is how long a step may take without a word.
const patience = 2 * time.Second

func newProgress(c *cli.Context) *progress {
	if c.Bool("json") || !terminal.IsTerminal(c.App.ErrWriter) {
		return &progress{}
	}
	return &progress{out: terminal.Raw(c.App.ErrWriter)}
}

// counted are the same samples; ranging over them counts and shows them.
func (p *progress) counted(step string, count *int, s convert.Samples) convert.Samples {
	return func(ctx context.Context, signatures []savedmodel.Signature) iter.Seq2[convert.Sample, error] {
		return func(yield func(convert.Sample, error) bool) {
			begin := time.Now()
			var bar *progressbar.ProgressBar
			defer func() {
				if bar != nil {
					_ = bar.Clear()
				}
			}()
			*count = 0
			for sample, err := range s(ctx, signatures) {
				if bar == nil && p.out != nil && time.Since(begin) > patience {
					bar = progressbar.NewOptions(-1, progressbar.OptionSetWriter(p.out), progressbar.OptionSetDescription(step),
						progressbar.OptionShowCount(), progressbar.OptionSetElapsedTime(false), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
				}
				if bar != nil {
					_ = bar.Set(*count)
				}
				if !yield(sample, err) {
					return
				}
				*count++
			}
		}
	}
}

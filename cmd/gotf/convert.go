package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tflite/convert"
)

func convertCommand() *cli.Command {
	return &cli.Command{
		Name:  "convert",
		Usage: "make a .tflite file of a SavedModel",
		Description: "Runs TensorFlow's own converter. dynamic stores weights in a quarter of the size,\n" +
			"float16 in half of it.",
		Flags: []cli.Flag{
			&cli.PathFlag{Name: "saved-model-dir", Usage: "the SavedModel's `DIR`", Required: true},
			&cli.PathFlag{Name: "output-file", Usage: "the .tflite `FILE` to write", Required: true},
			&cli.StringFlag{Name: "quantize", Usage: "none, dynamic or float16", Value: string(convert.None)},
			&cli.StringFlag{Name: "saved-model-tag-set", Usage: "`TAGS` of the part to convert, separated by commas", Value: savedmodel.Serve},
			&cli.StringFlag{Name: "saved-model-signature-key", Usage: "`KEYS` of the signatures to convert, separated by commas (default: all)"},
			&cli.BoolFlag{Name: childFlag, Hidden: true},
		},
		Action: convertModel,
	}
}

func convertModel(c *cli.Context) error {
	quantize := c.String("quantize")
	if err := oneOf("quantize", quantize, string(convert.None), string(convert.Dynamic), string(convert.Float16)); err != nil {
		return err
	}
	o := &convert.Options{Quantize: convert.Quantize(quantize), Tags: words(c.String("saved-model-tag-set"))}
	if keys := c.String("saved-model-signature-key"); keys != "" {
		o.Signatures = words(keys)
	}
	dir, out := c.Path("saved-model-dir"), c.Path("output-file")
	if c.Bool(childFlag) {
		_, err := convert.ConvertFile(c.Context, dir, out, o)
		return err
	}
	if err := checkModelDir(dir); err != nil {
		return err
	}
	if err := convertApart(c, dir); err != nil {
		return err
	}
	info, err := os.Stat(out)
	if err != nil {
		return err
	}
	size := info.Size()
	before := folderSize(dir)
	fmt.Fprintf(c.App.ErrWriter, "wrote %s: %s, %d %% of the SavedModel's %s\n", out, bytesText(size), 100*size/max(before, 1), bytesText(before))
	fmt.Fprintf(c.App.ErrWriter, "next: gotf run --model %s %s --outdir OUT\n", out, callExample(dir, o))
	return nil
}

// childFlag is given to the process that converts.
const childFlag = "child"

// convertApart runs this command in a process of its own: a broken model can end
// it, and the converter writes to the stderr of its process what it also returns.
func convertApart(c *cli.Context, dir string) error {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	args := []string{c.Command.Name, "--" + childFlag}
	for _, name := range c.FlagNames() {
		args = append(args, "--"+name+"="+c.String(name))
	}
	var log bytes.Buffer
	cmd := exec.CommandContext(c.Context, exe, args...)
	cmd.Stderr = &log
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Run(); err != nil {
		if c.Context.Err() != nil {
			return c.Context.Err()
		}
		if own := lastOwnLine(log.String()); own != "" {
			return errors.New(own)
		}
		return fmt.Errorf("the converter cannot take %s: it ends its process (%v)", dir, err)
	}
	return nil
}

// lastOwnLine is what gotf itself said in a log.
func lastOwnLine(log string) (own string) {
	for line := range strings.Lines(log) {
		if text, ok := strings.CutPrefix(line, "gotf: "); ok {
			own = strings.TrimSpace(text)
		}
	}
	return own
}

// callExample is what the flags of gotf run could be that name a signature and
// its inputs.
func callExample(dir string, o *convert.Options) string {
	const unknown = "--inputs 'NAME=FILE.npy'"
	m, err := savedmodel.Read(dir)
	if err != nil {
		return unknown
	}
	g, err := savedmodel.MetaGraph(m, o.Tags...)
	if err != nil {
		return unknown
	}
	signatures := map[string]savedmodel.Signature{}
	for _, s := range savedmodel.Signatures(g) {
		if len(s.Outputs) > 0 && len(s.Inputs) > 0 {
			signatures[s.Key] = s
		}
	}
	keys := slices.Sorted(maps.Keys(signatures))
	key, flag := savedmodel.ServingDefault, ""
	if len(o.Signatures) > 0 {
		key = o.Signatures[0]
	} else if _, ok := signatures[key]; !ok && len(keys) > 0 {
		key = keys[0]
	}
	if key != savedmodel.ServingDefault && len(keys) > 1 {
		flag = "--signature-def " + key + " "
	}
	var parts []string
	for _, in := range signatures[key].Inputs {
		parts = append(parts, in.Name+"=FILE.npy")
	}
	if len(parts) == 0 {
		return unknown
	}
	return flag + "--inputs '" + strings.Join(parts, ";") + "'"
}

// words splits "a,b".
func words(s string) []string {
	out := strings.Split(s, ",")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

// folderSize is the sum of the files' sizes.
func folderSize(dir string) (n int64) {
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			n += info.Size()
		}
		return nil
	})
	return n
}

// bytesText is n in a unit that leaves one to three digits before the point.
func bytesText(n int64) string {
	if n < 1000 {
		return fmt.Sprintf("%d bytes", n)
	}
	v, units := float64(n)/1000, []string{"kB", "MB", "GB", "TB"}
	i := 0
	for ; v >= 999.95 && i < len(units)-1; i++ {
		v /= 1000
	}
	return fmt.Sprintf("%.1f %s", v, units[i])
}

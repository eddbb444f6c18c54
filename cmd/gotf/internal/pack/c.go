package pack

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/cmd/gotf/internal/usage"
	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/tflite/metadata/micro"
)

func cFlags() []cli.Flag {
	return []cli.Flag{
		&cli.PathFlag{Name: "c-array", Usage: "write the model as C for TensorFlow Lite Micro: `OUT`.cc and .h, or a folder; --json prints the arena's size"},
		&cli.StringFlag{Name: "c-name", Usage: "the `NAME` of the array (default: the model's file name)"},
	}
}

// writeC writes a model as C source and header.
func writeC(c *cli.Context, model string) error {
	if flag := changeFlag(c); flag != "" {
		return usage.Errorf("--c-array and --%s do not go together: package the model first", flag)
	}
	data, err := readTFLite(model)
	if err != nil {
		return err
	}
	name := c.String("c-name")
	if name == "" {
		name = micro.Identifier(model)
	}
	source, header, err := cFiles(c.Path("c-array"), name)
	if err != nil {
		return err
	}
	src, err := micro.CSource(data, name, header)
	if err != nil {
		return saysOf(model, err)
	}
	if err := os.MkdirAll(filepath.Dir(source), 0o777); err != nil {
		return err
	}
	if err := atomicfile.WriteFile(header, atomicfile.Bytes(src.Header)); err != nil {
		return err
	}
	if err := atomicfile.WriteFile(source, atomicfile.Bytes(src.Source)); err != nil {
		return err
	}
	return reportC(c, src, source, header, len(data))
}

// cFiles are the files to write: beside each other, or in a folder.
func cFiles(out, name string) (source, header string, err error) {
	if out == "" {
		return "", "", usage.Errorf("--c-array is empty, want a file or folder")
	}
	ext := filepath.Ext(out)
	base := strings.TrimSuffix(out, ext)
	switch info, err := os.Stat(out); {
	case err == nil && info.IsDir(), os.IsPathSeparator(out[len(out)-1]):
	case ext == ".c" || ext == ".cc" || ext == ".cpp" || ext == ".cxx":
		return out, base + ".h", nil
	case ext == ".h":
		return base + ".cc", out, nil
	case ext != "":
		return "", "", usage.Errorf("--c-array is %q, want a file that ends in .cc, .c, .cpp or .h, or a folder", out)
	}
	return filepath.Join(out, name+".cc"), filepath.Join(out, name+".h"), nil
}

// cReport is what --json prints.
type cReport struct {
	Source  string   `json:"source"`
	Header  string   `json:"header"`
	Name    string   `json:"name"`
	Bytes   int      `json:"bytes"`
	Arena   cArena   `json:"arena"`
	Guessed []string `json:"guessed"`
	Refused []string `json:"refused"`
}

type cArena struct {
	Reserve    int `json:"reserve"`
	Total      int `json:"total"`
	Planned    int `json:"planned"`
	Persistent int `json:"persistent"`
}

func reportC(c *cli.Context, src *micro.Source, source, header string, size int) error {
	a := src.Arena
	if c.Bool("json") {
		arena := cArena{a.Reserve, a.Total, a.Planned, a.Persistent}
		return terminal.PrintJSON(c, cReport{source, header, src.Name, size, arena, append([]string{}, a.Guessed...), append([]string{}, a.Refused...)})
	}
	fmt.Fprintf(c.App.Writer, "arena: %d bytes to reserve (%d planned, %d persistent): an estimate for 64 bits and TFLM's reference kernels\n",
		a.Reserve, a.Planned, a.Persistent)
	if len(a.Guessed) > 0 {
		fmt.Fprintf(c.App.Writer, "not measured, so guessed, or not in TFLM at all: %s\n", oneLineText(strings.Join(a.Guessed, ", ")))
	}
	if len(a.Refused) > 0 {
		fmt.Fprintf(c.App.Writer, "TFLM will not run it: %s\n", oneLineText(strings.Join(a.Refused, ", ")))
	}
	fmt.Fprintf(c.App.ErrWriter, "wrote %s and %s: %s[%d]\n", source, header, src.Name, size)
	fmt.Fprintf(c.App.ErrWriter, "next: g++ -c -Wall %s\n", source)
	return nil
}

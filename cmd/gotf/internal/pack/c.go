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
	return reportC(c, model, src, source, header, len(data))
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
	Guessed []string `json:"guessed"` // kernels whose memory was not measured

	// What TFLM does with the operators.
	TFLM     string   `json:"tflite_micro"` // its version
	Missing  []string `json:"missing"`
	Refused  []string `json:"refused"`
	Untested []string `json:"untested"`
	Idle     []string `json:"idle_signatures"`
}

type cArena struct {
	Reserve    int `json:"reserve"`
	Total      int `json:"total"`
	Planned    int `json:"planned"`
	Persistent int `json:"persistent"`
}

func reportC(c *cli.Context, model string, src *micro.Source, source, header string, size int) error {
	a, s := src.Arena, src.Support
	guessed := append([]string{}, a.Guessed...)
	if c.Bool("json") {
		return terminal.PrintJSON(c, cReport{
			Source: source, Header: header, Name: src.Name, Bytes: size,
			Arena: cArena{a.Reserve, a.Total, a.Planned, a.Persistent}, Guessed: guessed,
			TFLM: s.Version, Missing: operators(s.Missing), Refused: operators(s.Refused), Untested: operators(s.Untested),
			Idle: append([]string{}, s.Idle...),
		})
	}
	fmt.Fprintf(c.App.Writer, "arena: %d bytes to reserve (%d planned, %d persistent): an estimate for 64 bits and TFLM's reference kernels\n",
		a.Reserve, a.Planned, a.Persistent)
	for _, list := range []struct {
		what  string
		names []string
	}{
		{"memory not measured, so guessed", guessed},
		{"not tried in TFLM with these types", operators(s.Untested)},
		{"TFLM runs the first signature only, not", s.Idle},
	} {
		if len(list.names) > 0 {
			fmt.Fprintf(c.App.Writer, "%s: %s\n", list.what, oneLineText(strings.Join(list.names, ", ")))
		}
	}
	if err := s.Err(); err != nil {
		fmt.Fprintf(c.App.ErrWriter, "warning: %s\n", oneLineText(saysOf(model, err).Error()))
	}
	fmt.Fprintf(c.App.ErrWriter, "wrote %s and %s: %s[%d]\n", source, header, src.Name, size)
	fmt.Fprintf(c.App.ErrWriter, "next: g++ -c -Wall %s\n", source)
	return nil
}

// operators are lines that say what is wrong with each.
func operators(list []micro.Operator) []string {
	lines := make([]string, len(list))
	for i, o := range list {
		lines[i] = o.String()
	}
	return lines
}

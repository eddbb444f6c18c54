package libraries

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/machine"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/internal/library"
)

// Doctor is gotf doctor.
func Doctor() *cli.Command {
	return &cli.Command{
		Name:  "doctor",
		Usage: "say which libraries are there, what they can do, and what to do about the rest",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
			&cli.StringFlag{Name: "probe", Hidden: true},
		},
		Action: doctor,
	}
}

// diagnosis is what gotf doctor prints.
type diagnosis struct {
	Gotf      string          `json:"gotf"`
	Go        string          `json:"go"`
	Platform  string          `json:"platform"`
	Libraries []libraryHealth `json:"libraries"`
	GPU       *gpuHealth      `json:"gpu,omitempty"` // nil without TensorFlow
	CPU       machine.CPU     `json:"cpu"`
	Cache     cacheInfo       `json:"cache"`
	Advice    []string        `json:"advice,omitempty"` // what to do, one line each
}

type libraryHealth struct {
	Library string   `json:"library"`
	Path    string   `json:"path,omitempty"`
	Source  string   `json:"source,omitempty"`
	Error   string   `json:"error,omitempty"`
	Others  []string `json:"others,omitempty"` // also there, not used
	probed
	found    library.Found
	wrongEnv bool // because of GOTF_LIB
}

// ok reports whether the library was found and opened.
func (h *libraryHealth) ok() bool { return h.Error == "" }

func doctor(c *cli.Context) error {
	if kind := c.String("probe"); kind != "" {
		return runProbe(c, library.Kind(kind))
	}
	d := diagnose(c)
	if c.Bool("json") {
		if err := terminal.PrintJSON(c, d); err != nil {
			return err
		}
	} else {
		d.print(c.App.Writer)
	}
	if err := c.Context.Err(); err != nil {
		return err
	}
	if !d.Libraries[0].ok() {
		return errors.New(d.Libraries[0].Error)
	}
	return nil
}

func diagnose(c *cli.Context) *diagnosis {
	d := &diagnosis{
		Gotf:     machine.Version(),
		Go:       runtime.Version(),
		Platform: runtime.GOOS + "/" + runtime.GOARCH,
		CPU:      machine.ReadCPU("/proc/cpuinfo"),
		Cache:    readCache(),
	}
	for _, k := range []library.Kind{library.TensorFlow, library.TFLite} {
		h := libraryHealth{Library: k.String()}
		all, err := library.Search(k)
		if err == nil {
			h.found = all[0]
			h.Path, h.Source = all[0].Path, string(all[0].Source)
			for _, other := range all[1:] {
				h.Others = append(h.Others, other.Path)
			}
			h.probed, err = probe(c.Context, all[0])
		}
		if err != nil {
			h.Error = err.Error()
			missing := (*library.MissingError)(nil)
			h.wrongEnv = errors.As(err, &missing) && missing.InEnv()
		}
		d.Libraries = append(d.Libraries, h)
	}
	if f := d.Libraries[0].found; f.Path != "" {
		gpu := gpuHealthOf(f, library.ReadDriver("/proc/driver/nvidia/version"))
		d.GPU = &gpu
	}
	d.Advice = d.advise()
	return d
}

// advise says what to do about each thing that is missing.
func (d *diagnosis) advise() (advice []string) {
	add := func(format string, args ...any) { advice = append(advice, fmt.Sprintf(format, args...)) }
	for _, h := range d.Libraries {
		if h.wrongEnv {
			continue // below
		}
		if !h.ok() && h.Path == "" {
			add("%s: run gotf install", h.Library)
		} else if !h.ok() {
			add("%s: the file is broken: run gotf install --verify, or look at what is in %s", h.Library, h.found.Dir)
		}
		for _, a := range h.Can {
			if a.OK {
				continue
			}
			if a.Name == "Flex delegate" {
				add("Flex delegate: TensorFlow %s lacks it; TFLite models with TensorFlow ops need 2.18.0: gotf install --version 2.18.0", h.Version)
			} else {
				add("%s: %s %s lacks it; gotf install fetches a version that has it", a.Name, h.Library, h.Version)
			}
		}
	}
	if d.GPU != nil {
		advice = append(advice, d.GPU.advise(d.Libraries[0].ok())...)
	}
	if len(d.CPU.Features) > 0 && !d.CPU.Has("avx") {
		add("CPU: TensorFlow's wheels need AVX, which this processor lacks")
	}
	if d.Cache.Error != "" {
		add("cache folder: %s", d.Cache.Error)
	}
	if d.Libraries[0].wrongEnv {
		add("GOTF_LIB is %s, which holds no TensorFlow: unset it, or point it at the folder of libtensorflow_cc.so.2", os.Getenv("GOTF_LIB"))
	}
	return advice
}

func (d *diagnosis) print(out io.Writer) {
	fmt.Fprintf(out, "gotf %s, %s, %s\n", d.Gotf, d.Go, d.Platform)
	for _, h := range d.Libraries {
		h.print(out)
	}
	fmt.Fprintln(out)
	if d.GPU != nil {
		fmt.Fprintf(out, "GPU: %s\n", d.GPU)
	}
	fmt.Fprintf(out, "CPU: %s, %d cores, %s\n", d.CPU.Model, d.CPU.Cores, strings.Join(d.CPU.Features, " "))
	fmt.Fprintf(out, "Cache: %s\n", d.Cache)
	if len(d.Advice) == 0 {
		fmt.Fprintf(out, "\nAll is well.\n")
		return
	}
	fmt.Fprintf(out, "\nWhat to do:\n")
	for _, a := range d.Advice {
		fmt.Fprintf(out, "  %s\n", a)
	}
}

func (h *libraryHealth) print(out io.Writer) {
	if h.Path == "" {
		fmt.Fprintf(out, "\n%s: missing\n  %s\n", h.Library, h.Error)
		return
	}
	fmt.Fprintf(out, "\n%s %s (%s)\n  %s\n", h.Library, h.Version, h.Source, h.Path)
	if h.Error != "" {
		fmt.Fprintf(out, "  %s\n", h.Error)
		return
	}
	for _, a := range h.Can {
		word := "no"
		if a.OK {
			word = "yes"
		}
		fmt.Fprintf(out, "  %-20s %s\n", a.Name, word)
	}
	for _, d := range h.Devices {
		fmt.Fprintf(out, "  device %s\n", d.Name)
	}
	if len(h.Missing) > 0 {
		fmt.Fprintf(out, "  lacks %d functions of the C API: %s\n", len(h.Missing), strings.Join(h.Missing, " "))
	}
	for _, path := range h.Others {
		fmt.Fprintf(out, "  also there: %s\n", path)
	}
}

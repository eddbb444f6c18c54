package libraries

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/internal/library"
	"github.com/gotf/gotf/tf"
)

// probed is what a library says of itself.
type probed struct {
	Version string    `json:"version"`
	Can     []ability `json:"can"`
	Missing []string  `json:"missing,omitempty"` // functions of the C API that it lacks
	Devices []device  `json:"devices,omitempty"`
}

type ability struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
}

type device struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	MemoryBytes int64  `json:"memory_bytes"`
}

// probeTimeout bounds the opening of a library; a cold one takes a second.
const probeTimeout = 2 * time.Minute

// probe opens a library in a process of its own, so that a broken one can do
// no harm here.
func probe(ctx context.Context, f library.Found) (p probed, err error) {
	exe, err := os.Executable()
	if err != nil {
		return p, err
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	var out, log bytes.Buffer
	cmd := exec.CommandContext(ctx, exe, "doctor", "--probe", string(f.Kind))
	cmd.Env = append(os.Environ(), "GOTF_LIB="+f.Dir)
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		return p, fmt.Errorf("cannot open %s: %s", f.Path, probeError(log.String(), err))
	}
	if err := json.Unmarshal(out.Bytes(), &p); err != nil {
		return p, fmt.Errorf("cannot open %s: it printed %q", f.Path, out.String())
	}
	return p, nil
}

// probeError is gotf's own line in the log, or how the process ended.
func probeError(log string, err error) string {
	for line := range strings.Lines(log) {
		if text, ok := strings.CutPrefix(line, "gotf: "); ok {
			return strings.TrimSpace(text)
		}
	}
	return "it ends the process: " + err.Error()
}

// runProbe is the other side: gotf doctor --probe KIND.
func runProbe(c *cli.Context, kind library.Kind) error {
	found, err := library.Find(kind)
	if err != nil {
		return err
	}
	ask := probeTensorFlow
	if kind == library.TFLite {
		ask = probeTFLite
	}
	said, err := ask(found)
	if err != nil {
		return err
	}
	return json.NewEncoder(c.App.Writer).Encode(said)
}

func probeTensorFlow(library.Found) (p probed, err error) {
	if p.Version, err = tf.Version(); err != nil {
		return p, err
	}
	p.Missing = ctf.Missing()
	for _, a := range []struct{ name, symbol string }{
		{"graphs and sessions", "TF_SessionRun"},
		{"eager execution", "TFE_NewContext"},
		{"C API of clusters", "TF_NewServer"}, // which gotf does not use
		{"C API of collectives", "TFE_EnableCollectiveOps"},
		{"TFLite converter", converterSymbol},
		{"Flex delegate", "TF_AcquireFlexDelegate"},
	} {
		p.Can = append(p.Can, ability{a.name, ctf.HasSymbol(a.symbol)})
	}
	devices, err := tf.ListDevices()
	for _, d := range devices {
		p.Devices = append(p.Devices, device(d))
	}
	return p, err
}

// converterSymbol is tensorflow::ConvertSavedModelToTFLiteFlatBuffer.
const converterSymbol = "_ZN10tensorflow35ConvertSavedModelToTFLiteFlatBufferERKN6tflite10ModelFlagsERNS0_14ConverterFlagsEPNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEEPKNS_12quantization17PyFunctionLibraryE"

func probeTFLite(f library.Found) (p probed, err error) {
	if err := ctflite.Open(f.Path); err != nil {
		return p, err
	}
	p.Version = ctflite.Version()
	p.Missing = ctflite.Missing()
	for _, a := range []struct{ name, function string }{
		{"interpreter", "TfLiteInterpreterCreate"},
		{"signatures", "TfLiteInterpreterGetSignatureRunner"},
		{"XNNPACK", "TfLiteXNNPackDelegateCreate"},
	} {
		p.Can = append(p.Can, ability{a.name, ctflite.Has(a.function)})
	}
	return p, nil
}

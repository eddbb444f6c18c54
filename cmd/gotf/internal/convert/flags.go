package convert

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/usage"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/convert"
)

// parse are what the flags say.
func parse(c *cli.Context) (*convert.Options, error) {
	quantize := c.String("quantize")
	if quantize != "int16x8" { // which the converter refuses, with the reason
		if err := usage.OneOf("quantize", quantize, string(convert.None), string(convert.Dynamic), string(convert.Float16), string(convert.Int8)); err != nil {
			return nil, err
		}
	}
	o := &convert.Options{
		Quantize: convert.Quantize(quantize), Tags: usage.Words(c.String("saved-model-tag-set")),
		Strict: c.Bool("strict") || !c.Bool("allow-float"), PerTensor: c.Bool("per-tensor"),
		SelectTFOps: c.Bool("select-tf-ops"), AllowCustomOps: c.Bool("allow-custom-ops"),
		NoResourceVariables: !c.Bool("enable-resource-variables"), NoMetadata: c.Bool("no-metadata"),
	}
	if keys := c.String("saved-model-signature-key"); keys != "" {
		o.Signatures = usage.Words(keys)
	}
	for flag, d := range map[string]*tf.DType{"inference-input-type": &o.InputType, "inference-output-type": &o.OutputType} {
		types := map[string]tf.DType{"float32": tf.Float32, "int8": tf.Int8, "uint8": tf.Uint8, "FLOAT": tf.Float32, "INT8": tf.Int8, "QUANTIZED_UINT8": tf.Uint8, "UINT8": tf.Uint8}
		t, ok := types[c.String(flag)]
		if !ok {
			return nil, usage.OneOf(flag, c.String(flag), "float32", "int8", "uint8")
		}
		if *d = t; t != tf.Float32 && o.Quantize != convert.Int8 {
			return nil, usage.Errorf("--%s %v goes with --quantize int8, got %s", flag, t, quantize)
		}
	}
	return o, nil
}

// openSamples opens what each --calibration names.
func openSamples(c *cli.Context) (all []convert.Samples, err error) {
	paths := c.StringSlice("calibration")
	if len(paths) == 0 {
		for _, flag := range []string{"calibration-steps", "normalize", "quantization-errors"} {
			if c.IsSet(flag) {
				return nil, usage.Errorf("--%s goes with --calibration", flag)
			}
		}
		return nil, nil
	}
	o := &convert.FileOptions{}
	if c.IsSet("normalize") {
		if o.Mean, o.Std, err = normalization(c.String("normalize")); err != nil {
			return nil, err
		}
	}
	for i, path := range paths {
		if slices.Contains(paths[:i], path) {
			return nil, usage.Errorf("--calibration names %s twice", path)
		}
		samples, err := convert.Open(path, o)
		if c.IsSet("normalize") && errors.Is(err, tf.InvalidArgument) {
			return nil, usage.Errorf("%v", err)
		}
		if err != nil {
			return nil, err
		}
		if n := c.Int("calibration-steps"); c.IsSet("calibration-steps") {
			if n <= 0 {
				return nil, usage.Errorf("--calibration-steps is %d, want a positive number", n)
			}
			samples = samples.First(n)
		}
		all = append(all, samples)
	}
	return all, nil
}

// pixelWarning says, of pictures whose pixels go into the model as they are,
// what that means; "" where it is not for gotf to doubt.
func pixelWarning(c *cli.Context, quantize convert.Quantize, ranges []convert.InputRange) string {
	ofPictures := slices.ContainsFunc(c.StringSlice("calibration"), func(path string) bool {
		info, err := os.Stat(pathOf(path))
		return err == nil && info.IsDir()
	})
	if !ofPictures || c.IsSet("normalize") || len(ranges) == 0 || ranges[0].DType != tf.Float32.String() {
		return ""
	}
	does := "checked on"
	if quantize == convert.Int8 {
		does = "calibrated for"
	}
	r := ranges[0]
	return fmt.Sprintf("the pictures give input %q values from %g to %g, which is the range that the model is %s: "+
		"if it was trained on 0 to 1, say --normalize 0,255, on -1 to 1, --normalize 127.5,127.5, and on 0 to 255, --normalize 0,1", r.Input, r.Min, r.Max, does)
}

// pathOf is the PATH of PATH@KEY.
func pathOf(calibration string) string {
	if i := strings.LastIndexByte(calibration, '@'); i > 0 {
		if _, err := os.Stat(calibration); err != nil {
			return calibration[:i]
		}
	}
	return calibration
}

// normalization reads "MEAN,STD" or, for three channels, three means and three
// deviations.
func normalization(text string) (mean, std []float32, err error) {
	var values []float32
	for _, part := range usage.Words(text) {
		v, err := strconv.ParseFloat(part, 32)
		if err != nil {
			return nil, nil, usage.Errorf("--normalize is %q, want MEAN,STD as numbers", text)
		}
		values = append(values, float32(v))
	}
	if n := len(values); n != 2 && n != 6 && n != 8 {
		return nil, nil, usage.Errorf("--normalize is %q, want a mean and a deviation, or one of each for each channel", text)
	}
	half := len(values) / 2
	mean, std = values[:half], values[half:]
	for _, s := range std {
		if !(s > 0) {
			return nil, nil, usage.Errorf("--normalize is %q, want positive deviations", text)
		}
	}
	return mean, std, nil
}

package verify

import (
	"encoding/binary"
	"math"
	"strings"
)

// builtin is the operator of a code. Old files have 8 bits for it.
func builtin(c record) uint64 {
	return max(c.uint("DeprecatedBuiltinCode"), c.uint("BuiltinCode"))
}

// operator checks one operator and returns the subgraphs that it calls.
func (m *model) operator(s subgraph, o record) (called []int, err error) {
	code := o.uint("OpcodeIndex")
	if code >= uint64(len(m.codes)) {
		return nil, damaged("operator code %d does not exist, there are %d", code, len(m.codes))
	}
	for _, list := range []string{"Inputs", "Outputs", "Intermediates"} {
		if err := indices(o.ints(list), len(s.tensors), list != "Outputs"); err != nil {
			return nil, in(list, err)
		}
	}
	if err := s.inputs(o, builtin(m.codes[code])); err != nil {
		return nil, in("Inputs", err)
	}
	if offset, size := o.uint("LargeCustomOptionsOffset"), o.uint("LargeCustomOptionsSize"); offset > 1 {
		if total := uint64(len(m.root.data)); offset > total || size > total-offset {
			return nil, in("LargeCustomOptionsOffset", damaged("it lies outside the file"))
		}
	}
	need := needed(builtin(m.codes[code]))
	if have := o.length("Outputs"); have < need.outputs {
		return nil, in("Outputs", damaged("the operator makes %d, got %d", need.outputs, have))
	}
	for _, list := range []string{"BuiltinOptions", "BuiltinOptions2"} {
		options, ok := o.record(list)
		if !ok {
			continue
		}
		if options.t.name == need.options {
			need.options = ""
		}
		more, err := m.options(options)
		if err == nil {
			err = parts(options, o.length("Outputs"))
		}
		if err == nil && options.t.name == "TransposeConvOptions" {
			err = s.transposeConv(o.ints("Inputs"), options)
		}
		if err != nil {
			return nil, in(list, err)
		}
		called = append(called, more...)
	}
	if need.options != "" {
		return nil, damaged("the operator has no %s", need.options)
	}
	return called, nil
}

// inputs checks that an operator has those that it needs.
func (s subgraph) inputs(o record, code uint64) error {
	list, need := o.ints("Inputs"), needed(code)
	if len(list) < need.inputs {
		return damaged("the operator takes %d, got %d", need.inputs, len(list))
	}
	for i, t := range list {
		if t < 0 && !optional(code, i) {
			return damaged("input %d is missing", i)
		}
	}
	if code == opConv2D || code == opDepthwiseConv2D {
		if kind := s.tensors[list[0]].kind; kind != kindFloat32 && kind != kindFloat16 && (len(list) < 3 || list[2] < 0) {
			return damaged("the bias is missing")
		}
	}
	return nil
}

// options checks sizes that must be positive, and returns the subgraphs named.
func (m *model) options(o record) (called []int, err error) {
	for i, f := range o.t.fields {
		switch {
		case f.name == "BranchSubgraphIndices":
			called = append(called, o.ints(f.name)...)
		case strings.HasSuffix(f.name, "SubgraphIndex") || f.name == "Subgraph":
			called = append(called, o.int(f.name))
		case positive(f.name) && (o.position(i) != 0 || !strings.HasPrefix(f.name, "Dilation")):
			if v := o.int(f.name); v <= 0 || v > 1<<20 {
				return nil, in(f.name, damaged("%d is impossible", v))
			}
		case f.size == 1 && o.number(i) > most(f.name):
			return nil, in(f.name, damaged("unknown value %d", o.number(i)))
		}
	}
	for _, g := range called {
		if g < 0 || g >= len(m.subgraphs) {
			return nil, damaged("subgraph %d does not exist, there are %d", g, len(m.subgraphs))
		}
	}
	return called, nil
}

// parts checks operators whose options repeat the number of their outputs.
func parts(options record, outputs int) error {
	field := map[string]string{"SplitOptions": "NumSplits", "SplitVOptions": "NumSplits", "UnpackOptions": "Num"}[options.t.name]
	if field != "" && options.int(field) != outputs {
		return in(field, damaged("it is %d, the operator makes %d", options.int(field), outputs))
	}
	return nil
}

// transposeConv checks that the output's shape, where it is a constant, is one
// that a convolution turns into the input's: the kernel does not.
func (s subgraph) transposeConv(inputs []int, options record) error {
	size, filter, x := s.tensors[inputs[0]], s.tensors[inputs[1]], s.tensors[inputs[2]]
	if len(filter.shape) != 4 || len(x.shape) != 4 {
		return damaged("the filter %v and the input %v must have 4 dimensions", filter.shape, x.shape)
	}
	if x.open || len(size.constant) != 16 {
		return nil
	}
	for i, stride := range map[int]int{1: options.int("StrideH"), 2: options.int("StrideW")} {
		from := int(int32(binary.LittleEndian.Uint32(size.constant[4*i:])))
		to := (from + stride - 1) / stride
		if options.uint("Padding") == 1 { // VALID
			to = (from - filter.shape[i] + stride) / stride
		}
		if from < 0 || to != x.shape[i] {
			return damaged("the output's dimension %d of %d does not fit the input's of %d", i, from, x.shape[i])
		}
	}
	return nil
}

// most is the largest value of an enumeration.
func most(name string) uint64 {
	switch name {
	case "Padding":
		return 1
	case "FusedActivationFunction":
		return 5
	}
	return math.MaxUint8
}

// positive reports whether a field counts steps or cells. Dilations that are
// not stored are 1.
func positive(name string) bool {
	switch name {
	case "StrideW", "StrideH", "StrideD", "FilterWidth", "FilterHeight", "BlockSize",
		"DilationWFactor", "DilationHFactor", "DilationDFactor":
		return true
	}
	return false
}

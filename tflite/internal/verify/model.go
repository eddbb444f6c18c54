package verify

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// Facts are about a file that is in order.
type Facts struct {
	Dead     bool     // operators compute what nobody uses; XNNPACK does not survive that
	Largest  int      // elements of the largest tensor, as far as shapes are known
	Custom   []string // the custom operations that operators are, each once
	Sparse   bool     // some constants are in sparse form
	Unpacked bool     // some constants are sparse or dequantized before use
	Calls    bool     // some operators run subgraphs: loops, branches
}

// Model checks a .tflite file. The error is one line that names the part of
// the file at fault.
func Model(data []byte) (Facts, error) {
	if len(data) < 8 {
		return Facts{}, fmt.Errorf("not a .tflite file: it has %d bytes", len(data))
	}
	if id := data[4:8]; string(id) != "TFL3" {
		return Facts{}, fmt.Errorf("not a .tflite file: bytes 4 to 7 are %q, want \"TFL3\"", id)
	}
	root := int(binary.LittleEndian.Uint32(data))
	if err := structure(data, root, schema()); err != nil {
		return Facts{}, fmt.Errorf("damaged .tflite file: %w", err)
	}
	m := model{root: record{data, root, schema()}}
	if v := m.root.uint("Version"); v != 3 {
		return Facts{}, fmt.Errorf("the .tflite file has schema version %d, want 3", v)
	}
	if err := m.check(); err != nil {
		return Facts{}, fmt.Errorf("damaged .tflite file: %w", err)
	}
	return m.facts, nil
}

// model is a file whose structure is right.
type model struct {
	root      record
	buffers   []record
	codes     []record
	subgraphs []subgraph
	calls     [][]int // subgraphs that each subgraph calls
	facts     Facts
}

type subgraph struct {
	record
	tensors []tensor
}

func (m *model) check() error {
	m.buffers = m.root.records("Buffers")
	m.codes = m.root.records("OperatorCodes")
	for i, b := range m.buffers {
		if _, err := m.constant(b); err != nil {
			return in(fmt.Sprintf("Buffers.%d", i), err)
		}
	}
	for i, c := range m.codes {
		if code := builtin(c); code == opCustom && c.text("CustomCode") == "" {
			return in(fmt.Sprintf("OperatorCodes.%d", i), damaged("the custom operator has no name"))
		}
	}
	graphs := m.root.records("Subgraphs")
	if len(graphs) == 0 {
		return damaged("the model has no subgraph")
	}
	for i, g := range graphs {
		s, err := m.readTensors(g)
		if err != nil {
			return in(fmt.Sprintf("Subgraphs.%d", i), err)
		}
		m.subgraphs = append(m.subgraphs, s)
	}
	m.calls = make([][]int, len(m.subgraphs))
	for i, s := range m.subgraphs {
		if err := m.graph(i, s); err != nil {
			return in(fmt.Sprintf("Subgraphs.%d", i), err)
		}
	}
	if err := m.acyclic(); err != nil {
		return err
	}
	for i, r := range m.root.records("Metadata") {
		if b := r.uint("Buffer"); !r.has("Name") || b >= uint64(len(m.buffers)) {
			return in(fmt.Sprintf("Metadata.%d", i), damaged("it has no name or no buffer"))
		}
	}
	return m.signatures()
}

// constant is the content of a buffer: inside the flatbuffer or, in files
// above 2 GB, after it.
func (m *model) constant(b record) ([]byte, error) {
	offset, size := b.uint("Offset"), b.uint("Size")
	if offset <= 1 { // 1 stands for "none" too
		_, raw := b.list("Data")
		return raw, nil
	}
	total := uint64(len(m.root.data))
	if offset > total || size > total-offset {
		return nil, damaged("bytes %d to %d lie outside the file of %d bytes", offset, offset+size, total)
	}
	return m.root.data[offset : offset+size], nil
}

// graph checks the lists of a subgraph and its operators.
func (m *model) graph(i int, s subgraph) error {
	for _, list := range []string{"Inputs", "Outputs"} {
		if err := indices(s.ints(list), len(s.tensors), false); err != nil {
			return in(list, err)
		}
	}
	f := newFlow(s)
	for k, o := range s.records("Operators") {
		called, err := m.operator(s, o)
		if err == nil {
			m.custom(o)
			m.unpacked(s, o)
			err = f.operator(o)
		}
		if err != nil {
			return in(fmt.Sprintf("Operators.%d", k), err)
		}
		m.calls[i] = append(m.calls[i], called...)
		m.facts.Calls = m.facts.Calls || len(called) > 0
	}
	dead, err := f.outputs()
	m.facts.Dead = m.facts.Dead || dead
	return err
}

// custom notes the name of a custom operation.
func (m *model) custom(o record) {
	c := m.codes[o.uint("OpcodeIndex")]
	if builtin(c) != opCustom {
		return
	}
	if name := c.text("CustomCode"); !slices.Contains(m.facts.Custom, name) {
		m.facts.Custom = append(m.facts.Custom, name)
	}
}

// unpacked notes constants that XNNPACK makes others of.
func (m *model) unpacked(s subgraph, o record) {
	code := builtin(m.codes[o.uint("OpcodeIndex")])
	for _, t := range o.ints("Inputs") {
		if t >= 0 && s.tensors[t].constant != nil && (code == opDequantize || code == opDensify || s.tensors[t].kind == kindFloat16) {
			m.facts.Unpacked = true
		}
	}
}

// indices checks indices of tensors; -1 stands for an optional one left out.
func indices(list []int, n int, optional bool) error {
	for _, t := range list {
		if t >= n || t < -1 || t == -1 && !optional {
			return damaged("tensor %d does not exist, there are %d", t, n)
		}
	}
	return nil
}

// acyclic refuses subgraphs that call themselves, which would never end.
func (m *model) acyclic() error {
	const (
		unseen = iota
		open
		done
	)
	state := make([]int, len(m.calls))
	var walk func(i int) bool
	walk = func(i int) bool {
		if state[i] != unseen {
			return state[i] == done
		}
		state[i] = open
		for _, c := range m.calls[i] {
			if !walk(c) {
				return false
			}
		}
		state[i] = done
		return true
	}
	for i := range m.calls {
		if !walk(i) {
			return in(fmt.Sprintf("Subgraphs.%d", i), damaged("the subgraph calls itself"))
		}
	}
	return nil
}

func (m *model) signatures() error {
	keys := map[string]bool{}
	for i, s := range m.root.records("SignatureDefs") {
		part := fmt.Sprintf("SignatureDefs.%d", i)
		g := s.uint("SubgraphIndex")
		if g >= uint64(len(m.subgraphs)) {
			return in(part, damaged("subgraph %d does not exist, there are %d", g, len(m.subgraphs)))
		}
		if key := s.text("SignatureKey"); key == "" || keys[key] {
			return in(part, damaged("the key %q is empty or occurs twice", key))
		} else {
			keys[key] = true
		}
		for _, list := range []string{"Inputs", "Outputs"} {
			if err := m.tensorMap(s, list, m.subgraphs[g].ints(list)); err != nil {
				return in(part+"."+list, err)
			}
		}
	}
	return nil
}

// tensorMap checks the names of a signature's inputs or outputs: one for each
// of its subgraph's.
func (m *model) tensorMap(s record, list string, tensors []int) error {
	left, names := map[uint64]int{}, map[string]bool{}
	for _, k := range tensors {
		left[uint64(k)]++
	}
	for i, t := range s.records(list) {
		index, name := t.uint("TensorIndex"), t.text("Name")
		switch {
		case left[index] == 0:
			return in(fmt.Sprint(i), damaged("tensor %d is not one of the subgraph's, or has a name already", index))
		case !t.has("Name") || names[name]:
			return in(fmt.Sprint(i), damaged("the name %q is missing or occurs twice", name))
		}
		left[index]--
		names[name] = true
	}
	for _, k := range tensors {
		if left[uint64(k)] > 0 {
			return damaged("the subgraph's tensor %d has no name", k)
		}
	}
	return nil
}

// product multiplies dimensions, which must not be negative, and the size of
// an element; ok is false past what the runtime can count.
func product(dims []int, size int) (n int, ok bool) {
	n = size
	for _, d := range dims {
		if d < 0 || d > 0 && n > math.MaxInt32/d {
			return 0, false
		}
		n *= d
	}
	return n, true
}

package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

const (
	magic = "\x93NUMPY"

	// maxHeader bounds the header text; NumPy itself stops at 10,000 bytes.
	maxHeader = 1 << 16

	// align is what the length of magic, version and header is a multiple of.
	align = 64

	// growth is the room NumPy leaves so that the first dimension can grow.
	growth = 21
)

// header says how the data of a file is stored.
type header struct {
	dtype   string // as in Array
	kind    byte   // of NumPy: 'S', 'U', 'O', or another for numbers
	size    int64  // bytes of one value in the file; 0 for objects
	word    int64  // bytes reversed together if big is set
	big     bool   // big-endian
	fortran bool
	shape   []int64
}

// readHeader reads magic, version and header text.
func readHeader(s *source) (*header, error) {
	start, err := s.take(8, "the 8 bytes of magic and version")
	if err != nil {
		return nil, err
	}
	if start[0] == 0x80 && start[1] <= 5 {
		return nil, errors.New("expected a .npy or .npz file, got a pickle, which could run any code: save the array with np.save")
	}
	if string(start[:6]) != magic {
		return nil, fmt.Errorf("expected a .npy file starting with %q, got %q", magic, start[:6])
	}
	var n int64
	switch start[6] {
	case 1:
		b, err := s.take(2, "the length of the header")
		if err != nil {
			return nil, err
		}
		n = int64(binary.LittleEndian.Uint16(b))
	case 2, 3:
		b, err := s.take(4, "the length of the header")
		if err != nil {
			return nil, err
		}
		n = int64(binary.LittleEndian.Uint32(b))
	default:
		return nil, fmt.Errorf("expected .npy version 1.0, 2.0 or 3.0, got %d.%d", start[6], start[7])
	}
	if n > maxHeader {
		return nil, fmt.Errorf("expected a header of at most %d bytes, got %d", maxHeader, n)
	}
	text, err := s.take(n, "the header")
	if err != nil {
		return nil, err
	}
	h, err := parseHeader(string(text))
	if err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	return h, nil
}

func parseHeader(text string) (*header, error) {
	fields, err := (&literal{text: text}).fields()
	if err != nil {
		return nil, err
	}
	descr, okDescr := fields["descr"].(string)
	fortran, okOrder := fields["fortran_order"].(bool)
	shape, okShape := fields["shape"].([]int64)
	for _, f := range []struct {
		name, want string
		ok         bool
	}{
		{"descr", "a string", okDescr},
		{"fortran_order", "True or False", okOrder},
		{"shape", "a tuple of integers", okShape},
	} {
		if !f.ok {
			return nil, fmt.Errorf("expected %s to be %s, got %s", f.name, f.want, show(text))
		}
	}
	if len(fields) != 3 {
		return nil, fmt.Errorf("expected the keys descr, fortran_order and shape only, got %s", show(text))
	}
	h := &header{fortran: fortran, shape: shape}
	if err := h.parseDescr(descr); err != nil {
		return nil, err
	}
	return h, nil
}

// parseDescr reads NumPy's type string: byte order, kind, bytes ("<f4").
func (h *header) parseDescr(descr string) error {
	unknown := fmt.Errorf("dtype %s is not supported", show(descr))
	if len(descr) < 2 || strings.IndexByte("<>|=", descr[0]) < 0 {
		return unknown
	}
	h.big = descr[0] == '>'
	h.kind = descr[1]
	if name, ok := dtypeOf[descr[1:]]; ok {
		e := elements[name]
		h.dtype, h.size, h.word = name, e.size, e.word
		return nil
	}
	switch h.kind {
	case 'O':
		h.dtype = Bytes
		return nil
	case 'S', 'U':
		n, err := strconv.ParseUint(descr[2:], 10, 31)
		if err != nil {
			return unknown
		}
		h.dtype, h.size, h.word = Bytes, int64(n), 1
		if h.kind == 'U' {
			h.size, h.word = 4*h.size, 4
		}
		return nil
	}
	return unknown
}

// headerText makes magic, version 1.0 and header, as NumPy 2 writes them.
func headerText(descr string, shape []int64) []byte {
	dims := make([]string, len(shape))
	for i, d := range shape {
		dims[i] = strconv.FormatInt(d, 10)
	}
	tuple := strings.Join(dims, ", ")
	if len(dims) == 1 {
		tuple += ","
	}
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, tuple)
	if len(dims) > 0 {
		text += strings.Repeat(" ", growth-len(dims[0]))
	}
	const before = len(magic) + 2 + 2
	text += strings.Repeat(" ", align-(before+len(text)+1)%align) + "\n"

	b := append([]byte(magic), 1, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(text)))
	return append(b, text...)
}

package verify

import (
	"encoding/binary"
	"fmt"
)

// damage is what is wrong, and in which part of the file.
type damage struct {
	path, text string
}

func (d *damage) Error() string {
	if d.path == "" {
		return d.text
	}
	return d.path + ": " + d.text
}

// in puts the damage inside a part. The parts of a path are joined by dots.
func in(part string, err error) error {
	d, ok := err.(*damage)
	if !ok {
		return err
	}
	if d.path != "" {
		part += "." + d.path
	}
	return &damage{part, d.text}
}

func damaged(format string, args ...any) error {
	return &damage{text: fmt.Sprintf(format, args...)}
}

const maxDepth = 64

// walker visits every table once.
type walker struct {
	data  []byte
	seen  map[visit]bool
	depth int
}

type visit struct {
	at int
	t  *table
}

// once lists the tables that no file uses twice: a small one that did could stand
// for an enormous model.
var once = map[string]bool{"SubGraph": true, "Tensor": true, "Operator": true}

// structure checks that all that t reaches lies inside data.
func structure(data []byte, at int, t *table) error {
	w := &walker{data: data, seen: map[visit]bool{}}
	return w.table(at, t)
}

// room reports whether n bytes at a position lie inside the file.
func (w *walker) room(at, n int) bool { return at >= 0 && n >= 0 && at <= len(w.data)-n }

func (w *walker) table(at int, t *table) error {
	if w.seen[visit{at, t}] {
		if once[t.name] {
			return damaged("the table is used over and over")
		}
		return nil
	}
	w.seen[visit{at, t}] = true
	if w.depth++; w.depth > maxDepth {
		return damaged("tables are nested more than %d deep", maxDepth)
	}
	defer func() { w.depth-- }()
	if err := w.vtable(at); err != nil {
		return err
	}
	r := record{w.data, at, t}
	for i, f := range t.fields {
		pos := r.position(i)
		if pos == 0 {
			continue
		}
		if err := w.field(r, i, pos, f); err != nil {
			return in(f.name, err)
		}
	}
	return nil
}

// vtable checks that a table's own bytes and its vtable are inside the file.
func (w *walker) vtable(at int) error {
	if !w.room(at, 4) {
		return damaged("the table starts past the end of the file")
	}
	v := at - int(int32(binary.LittleEndian.Uint32(w.data[at:])))
	if !w.room(v, 4) {
		return damaged("the vtable lies outside the file")
	}
	vsize, size := int(binary.LittleEndian.Uint16(w.data[v:])), int(binary.LittleEndian.Uint16(w.data[v+2:]))
	switch {
	case vsize < 4 || vsize%2 != 0 || !w.room(v, vsize):
		return damaged("the vtable has a bad size of %d bytes", vsize)
	case size < 4 || !w.room(at, size):
		return damaged("the table has a bad size of %d bytes", size)
	}
	for i := 4; i < vsize; i += 2 {
		if int(binary.LittleEndian.Uint16(w.data[v+i:])) >= size {
			return damaged("a field lies outside its table")
		}
	}
	return nil
}

func (w *walker) field(r record, i, pos int, f field) error {
	if !f.vector && f.size > 0 {
		if !w.room(pos, f.size) {
			return damaged("the value runs past the end of the file")
		}
		return nil
	}
	if f.union != nil && i == 0 || !f.vector && f.size == 0 && !f.text && f.table == nil && f.union == nil {
		return nil // a field that no longer exists
	}
	at, err := w.follow(pos)
	if err != nil {
		return err
	}
	switch {
	case f.vector:
		return w.vector(at, f)
	case f.text:
		return w.text(at)
	case f.union != nil:
		kind := r.number(i - 1)
		if t := f.union[kind]; t != nil {
			return w.table(at, t)
		}
		return nil
	}
	return w.table(at, f.table)
}

// follow reads an offset, which counts from its own position.
func (w *walker) follow(pos int) (int, error) {
	if !w.room(pos, 4) {
		return 0, damaged("the offset runs past the end of the file")
	}
	off := int(binary.LittleEndian.Uint32(w.data[pos:]))
	if off == 0 || !w.room(pos+off, 4) {
		return 0, damaged("the offset %d points outside the file", off)
	}
	return pos + off, nil
}

func (w *walker) vector(at int, f field) error {
	n := int(binary.LittleEndian.Uint32(w.data[at:]))
	size := f.size
	if size == 0 {
		size = 4
	}
	if n > (len(w.data)-at-4)/size {
		return damaged("the vector of %d elements runs past the end of the file", n)
	}
	if f.size > 0 {
		return nil
	}
	for i := range n {
		to, err := w.follow(at + 4 + 4*i)
		if err == nil && f.text {
			err = w.text(to)
		} else if err == nil {
			err = w.table(to, f.table)
		}
		if err != nil {
			return in(fmt.Sprint(i), err)
		}
	}
	return nil
}

func (w *walker) text(at int) error {
	n := int(binary.LittleEndian.Uint32(w.data[at:]))
	if !w.room(at+4, n+1) {
		return damaged("the string of %d bytes runs past the end of the file", n)
	}
	if w.data[at+4+n] != 0 {
		return damaged("the string does not end in a zero byte")
	}
	return nil
}

package verify

import "encoding/binary"

// record reads one table. Apart from position, its methods take the names of
// fields and may be called only where the structure has been checked.
type record struct {
	data []byte
	at   int
	t    *table
}

// position is where field i is stored, 0 if it is not.
func (r record) position(i int) int {
	v := r.at - int(int32(binary.LittleEndian.Uint32(r.data[r.at:])))
	if 4+2*i >= int(binary.LittleEndian.Uint16(r.data[v:])) {
		return 0
	}
	if off := int(binary.LittleEndian.Uint16(r.data[v+4+2*i:])); off != 0 {
		return r.at + off
	}
	return 0
}

func (r record) has(name string) bool { return r.position(r.t.index[name]) != 0 }

// number is the scalar field i, zero-extended; 0 if it is not stored.
func (r record) number(i int) uint64 {
	pos := r.position(i)
	if pos == 0 {
		return 0
	}
	return number(r.data[pos:], r.t.fields[i].size)
}

func number(p []byte, size int) uint64 {
	switch size {
	case 1:
		return uint64(p[0])
	case 2:
		return uint64(binary.LittleEndian.Uint16(p))
	case 4:
		return uint64(binary.LittleEndian.Uint32(p))
	}
	return binary.LittleEndian.Uint64(p)
}

func (r record) uint(name string) uint64 { return r.number(r.t.index[name]) }

// int is a field of 32 bits, signed.
func (r record) int(name string) int { return int(int32(r.uint(name))) }

// list lends a vector: its length, and its bytes if the elements are scalars.
func (r record) list(name string) (n int, raw []byte) {
	i := r.t.index[name]
	pos := r.position(i)
	if pos == 0 {
		return 0, nil
	}
	at := pos + int(binary.LittleEndian.Uint32(r.data[pos:]))
	n = int(binary.LittleEndian.Uint32(r.data[at:]))
	return n, r.data[at+4 : at+4+n*max(4*b2i(r.t.fields[i].size == 0), r.t.fields[i].size)]
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// ints is a vector of 32-bit integers.
func (r record) ints(name string) []int {
	n, raw := r.list(name)
	out := make([]int, n)
	for i := range out {
		out[i] = int(int32(binary.LittleEndian.Uint32(raw[4*i:])))
	}
	return out
}

// length is the number of elements of a vector.
func (r record) length(name string) int {
	n, _ := r.list(name)
	return n
}

// records is a vector of tables.
func (r record) records(name string) []record {
	pos := r.position(r.t.index[name])
	if pos == 0 {
		return nil
	}
	at := pos + int(binary.LittleEndian.Uint32(r.data[pos:]))
	out := make([]record, binary.LittleEndian.Uint32(r.data[at:]))
	for i := range out {
		p := at + 4 + 4*i
		out[i] = record{r.data, p + int(binary.LittleEndian.Uint32(r.data[p:])), r.t.fields[r.t.index[name]].table}
	}
	return out
}

// record is a table or the member of a union; ok is false if it is not there.
func (r record) record(name string) (to record, ok bool) {
	i := r.t.index[name]
	pos := r.position(i)
	if pos == 0 {
		return record{}, false
	}
	t := r.t.fields[i].table
	if u := r.t.fields[i].union; u != nil {
		t = u[r.number(i-1)]
	}
	return record{r.data, pos + int(binary.LittleEndian.Uint32(r.data[pos:])), t}, t != nil
}

// text is a string, "" if it is not there.
func (r record) text(name string) string {
	pos := r.position(r.t.index[name])
	if pos == 0 {
		return ""
	}
	at := pos + int(binary.LittleEndian.Uint32(r.data[pos:]))
	n := int(binary.LittleEndian.Uint32(r.data[at:]))
	return string(r.data[at+4 : at+4+n])
}

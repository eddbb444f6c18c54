package verify

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

//go:embed schema.txt
var schemaText string

// A table of the format. Fields are in the order of the vtable.
type table struct {
	name   string
	fields []field
	index  map[string]int
}

type field struct {
	name   string
	vector bool
	size   int               // of a scalar, or of a vector's elements; 0 if not scalar
	text   bool              // a string, or a vector of them
	table  *table            // a table, or a vector of them
	union  map[uint64]*table // by the value of the field before
}

// schema is the table Model, from which all others are reached.
var schema = sync.OnceValue(func() *table {
	tables := map[string]*table{}
	named := func(name string) *table {
		if tables[name] == nil {
			tables[name] = &table{name: name}
		}
		return tables[name]
	}
	unions := map[string]map[uint64]*table{}
	for line := range strings.Lines(schemaText) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		name, rest := words[1], words[2:]
		if words[0] == "union" {
			unions[name] = map[uint64]*table{}
			for _, member := range rest {
				number, of, _ := strings.Cut(member, ":")
				n, _ := strconv.ParseUint(number, 10, 8)
				unions[name][n] = named(of)
			}
			continue
		}
		t := named(name)
		t.index = map[string]int{}
		for i, word := range rest {
			fieldName, kind, _ := strings.Cut(word, ":")
			t.index[fieldName] = i
			t.fields = append(t.fields, newField(fieldName, kind, named, unions))
		}
	}
	return named("Model")
})

func newField(name, kind string, named func(string) *table, unions map[string]map[uint64]*table) field {
	f := field{name: name}
	if inner, ok := strings.CutPrefix(kind, "["); ok {
		f.vector, kind = true, strings.TrimSuffix(inner, "]")
	}
	size, err := strconv.Atoi(kind)
	switch {
	case err == nil:
		f.size = size
	case kind == "s":
		f.text = true
	case kind[0] == '<':
		f.union = unions[kind[1:]]
	default:
		f.table = named(kind)
	}
	return f
}

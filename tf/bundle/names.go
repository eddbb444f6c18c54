package bundle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/tf"
)

// valueOf is what the key of a variable has after the attributes that lead to it.
const valueOf = "/.ATTRIBUTES/VARIABLE_VALUE"

// names are the keys of variables by their names in Python, which several may
// share. A checkpoint without objects, or whose objects are damaged, has none.
func (r *Reader) names() map[string][]string {
	r.namesOnce.Do(func() {
		objects, err := r.Objects()
		if err != nil {
			return
		}
		r.keysOf = map[string][]string{}
		for _, o := range objects {
			for _, a := range o.Attributes {
				if a.FullName != "" && r.Has(a.Key) {
					r.keysOf[a.FullName] = append(r.keysOf[a.FullName], a.Key)
				}
			}
		}
		for name, keys := range r.keysOf {
			slices.Sort(keys)
			r.keysOf[name] = slices.Compact(keys)
		}
	})
	return r.keysOf
}

// index finds a value by its key, the name of a variable in Python, or the
// attributes that lead to one.
func (r *Reader) index(name string) (int, error) {
	if i, ok := r.search(name); ok {
		return i, nil
	}
	var keys []string
	if !r.old && r.Has(GraphName) {
		keys = r.names()[name]
	}
	switch {
	case len(keys) > 1 && !r.alike(keys):
		return 0, fail("read", r.prefix, tf.Errorf("", tf.NotFound, "%d variables have the name %q: %s", len(keys), name, listed(keys)))
	case len(keys) == 0:
		keys = []string{name + valueOf}
	}
	if i, ok := r.search(keys[0]); ok {
		return i, nil
	}
	return 0, fail("read", r.prefix, tf.Errorf("", tf.NotFound, "it holds no %q%s", name, r.hint(name)))
}

// hint is the name that was probably meant: one that ends in it, or the closest.
func (r *Reader) hint(name string) string {
	var known []string
	for _, e := range r.entries {
		known = append(known, e.Name, strings.TrimSuffix(e.Name, valueOf))
	}
	for n := range r.keysOf {
		known = append(known, n)
	}
	slices.Sort(known)
	known = slices.Compact(known)
	if i := slices.IndexFunc(known, func(k string) bool { return name != "" && strings.HasSuffix(k, "/"+name) }); i >= 0 {
		return fmt.Sprintf(", did you mean %q?", known[i])
	}
	return suggest.DidYouMean(name, known)
}

// alike reports whether values are of one type, shape and checksum: Keras's
// export stores a variable twice.
func (r *Reader) alike(keys []string) bool {
	first, ok := r.search(keys[0])
	for _, k := range keys[1:] {
		i, found := r.search(k)
		if !ok || !found {
			return false
		}
		a, b := r.records[first], r.records[i]
		if a.dtype != b.dtype || !a.shape.Equal(b.shape) || a.size != b.size || a.crc != b.crc || len(a.slices)+len(b.slices) > 0 {
			return false
		}
	}
	return true
}

// listed are the first keys in an error text.
func listed(keys []string) string {
	const most = 3
	var b strings.Builder
	for i, k := range keys[:min(len(keys), most)] {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", k)
	}
	if len(keys) > most {
		b.WriteString(" ...")
	}
	return b.String()
}

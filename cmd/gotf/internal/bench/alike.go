package bench

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gotf/gotf/cmd/gotf/internal/modelio"
)

// unlike says why two models cannot be one in two forms, or "": their inputs or
// outputs have other shapes. Names may differ, as converters change them.
func unlike(a, b *contender) string {
	for _, ends := range []struct {
		what string
		a, b []modelio.Port
	}{{"inputs", a.inputs, b.inputs}, {"outputs", a.outputs, b.outputs}} {
		if !sameShapes(ends.a, ends.b) {
			return fmt.Sprintf("%s and %s are not compared, as their %s differ: %s and %s",
				a.about.Path, b.about.Path, ends.what, portsText(ends.a), portsText(ends.b))
		}
	}
	return ""
}

// sameShapes pairs ports, those of equal names first.
func sameShapes(a, b []modelio.Port) bool {
	if len(a) != len(b) {
		return false
	}
	left := slices.Clone(b)
	var others []modelio.Port
	for _, p := range a {
		i := slices.IndexFunc(left, func(q modelio.Port) bool { return q.Name == p.Name })
		switch {
		case i < 0:
			others = append(others, p)
		case !p.Shape.Accepts(left[i].Shape):
			return false
		default:
			left = slices.Delete(left, i, i+1)
		}
	}
	for _, p := range others {
		i := slices.IndexFunc(left, func(q modelio.Port) bool { return p.Shape.Accepts(q.Shape) })
		if i < 0 {
			return false
		}
		left = slices.Delete(left, i, i+1)
	}
	return true
}

func portsText(ports []modelio.Port) string {
	var parts []string
	for _, p := range ports {
		shape := p.Shape.String()
		if p.Shape == nil {
			shape = "of unknown rank"
		}
		parts = append(parts, p.Name+" "+shape)
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

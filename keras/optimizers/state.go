package optimizers

import (
	"strings"

	"github.com/gotf/gotf/keras/core"
)

// Slot is a variable that an optimizer keeps for another.
type Slot struct {
	Var    int    // which of the variables it is for
	Slot   int    // which of the optimizer's Slots
	Name   string // Keras's name: "dense_kernel_momentum"
	Weight core.Weight
}

// State lists the variables that o keeps for vars, in the order in which Keras
// keeps and stores them. All begin with zeros.
func State(o core.Optimizer, vars []*core.Variable) []Slot {
	names := o.Slots()
	groups := [][]int{nil}
	if g, ok := o.(interface{ slotGroups() [][]int }); ok {
		groups = g.slotGroups()
	} else {
		for i := range names {
			groups[0] = append(groups[0], i)
		}
	}
	var state []Slot
	for _, group := range groups {
		for i, v := range vars {
			for _, at := range group {
				name := strings.ReplaceAll(v.Path, "/", "_") + "_" + names[at]
				state = append(state, Slot{Var: i, Slot: at, Name: name, Weight: core.Weight{
					Name: name, Shape: v.Shape(), DType: v.DType(), NotTrainable: true,
				}})
			}
		}
	}
	return state
}

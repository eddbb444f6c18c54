package savedmodel

import (
	"strings"

	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	typespb "github.com/wamuir/graft/tensorflow/core/framework/types_go_proto"
)

// writeOp is an operation that changes variables.
type writeOp struct {
	refs     int    // how many of its first inputs are references
	resource string // the same on handles
}

// slots is the number of references that an optimizer's operation takes.
var slots = map[string]int{
	"GradientDescent": 1, "ProximalGradientDescent": 1,
	"Adagrad": 2, "AdagradV2": 2, "ProximalAdagrad": 2, "Momentum": 2, "AddSign": 2, "PowerSign": 2,
	"Adadelta": 3, "AdagradDA": 3, "Adam": 3, "AdaMax": 3, "Ftrl": 3, "FtrlV2": 3, "RMSProp": 3,
	"CenteredRMSProp": 4,
}

// scatters are the ends of the names of operations on parts of a variable.
var scatters = map[string]bool{
	"Update": true, "Add": true, "Sub": true, "Mul": true, "Div": true, "Min": true, "Max": true,
	"NdUpdate": true, "NdAdd": true, "NdSub": true, "NdMin": true, "NdMax": true,
}

// writeOpOf finds what changes variables and returns a reference to the first.
func writeOpOf(op string) (writeOp, bool) {
	switch op {
	case "Assign", "AssignAdd", "AssignSub":
		return writeOp{1, op + "VariableOp"}, true
	case "StridedSliceAssign":
		return writeOp{1, "Resource" + op}, true
	}
	if end, ok := strings.CutPrefix(op, "Scatter"); ok && scatters[end] {
		return writeOp{1, "Resource" + op}, true
	}
	if of, ok := strings.CutPrefix(strings.TrimPrefix(op, "Sparse"), "Apply"); ok && slots[of] > 0 {
		return writeOp{slots[of], "Resource" + op}, true
	}
	return writeOp{}, false
}

// handsOn are the numbers of references that operations return for the one they
// take.
var handsOn = map[string]int{"RefIdentity": 1, "RefSwitch": 2, "RefEnter": 1}

// onHandles are other operations that take one reference.
var onHandles = map[string]string{"CountUpTo": "ResourceCountUpTo", "IsVariableInitialized": "VarIsInitializedOp"}

// onReferences are those without a counterpart for handles.
var onReferences = map[string]bool{
	"RefMerge": true, "RefNextIteration": true, "RefExit": true, "RefSelect": true, "DebugGradientRefIdentity": true,
	"DestroyTemporaryVariable": true, "NegTrain": true, "SdcaShrinkL1": true,
}

// aliases are operations whose results may be in the memory of their inputs: who
// takes the value of a variable through them sees it change.
var aliases = map[string]bool{
	"Identity": true, "IdentityN": true, "Snapshot": true, "StopGradient": true, "PreventGradient": true, "CheckNumerics": true,
	"Reshape": true, "Squeeze": true, "ExpandDims": true, "EnsureShape": true, "Bitcast": true, "Cast": true,
	"Slice": true, "StridedSlice": true, "Split": true, "SplitV": true, "Unpack": true, "Concat": true, "ConcatV2": true,
	"Switch": true, "Merge": true, "Enter": true, "Exit": true, "NextIteration": true,
	"PartitionedCall": true, "StatefulPartitionedCall": true, "If": true, "StatelessIf": true, "Case": true, "StatelessCase": true,
	"While": true, "StatelessWhile": true,
}

// firstRef is the lowest of the types of references.
const firstRef = typespb.DataType_DT_FLOAT_REF

func isRefType(d typespb.DataType) bool { return d >= firstRef }

// namesRefType reports whether an attribute of n says that it takes references.
func namesRefType(n *nodepb.NodeDef) bool {
	for _, a := range n.GetAttr() {
		if isRefType(a.GetType()) {
			return true
		}
		for _, d := range a.GetList().GetType() {
			if isRefType(d) {
				return true
			}
		}
	}
	return false
}

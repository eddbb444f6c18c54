package convert

import (
	"slices"
	"testing"

	"github.com/gotf/gotf/tflite/internal/schema"
)

// TestUnset finds the variables that are read before anything sets them.
func TestUnset(t *testing.T) {
	codes := []schema.BuiltinOperator{
		schema.BuiltinOperatorVAR_HANDLE, schema.BuiltinOperatorASSIGN_VARIABLE, schema.BuiltinOperatorREAD_VARIABLE, schema.BuiltinOperatorCALL_ONCE,
	}
	m := &schema.ModelT{}
	for _, c := range codes {
		m.OperatorCodes = append(m.OperatorCodes, &schema.OperatorCodeT{BuiltinCode: c})
	}
	op := func(code schema.BuiltinOperator, inputs, outputs []int32, options *schema.BuiltinOptionsT) *schema.OperatorT {
		return &schema.OperatorT{OpcodeIndex: uint32(slices.Index(codes, code)), Inputs: inputs, Outputs: outputs, BuiltinOptions: options}
	}
	handle := func(name string, at int32) *schema.OperatorT {
		return op(schema.BuiltinOperatorVAR_HANDLE, nil, []int32{at}, &schema.BuiltinOptionsT{Type: schema.BuiltinOptionsVarHandleOptions, Value: &schema.VarHandleOptionsT{SharedName: name}})
	}
	set := func(at int32) *schema.OperatorT {
		return op(schema.BuiltinOperatorASSIGN_VARIABLE, []int32{at, 9}, nil, nil)
	}
	read := func(at int32) *schema.OperatorT {
		return op(schema.BuiltinOperatorREAD_VARIABLE, []int32{at}, []int32{8}, nil)
	}
	once := op(schema.BuiltinOperatorCALL_ONCE, nil, nil, &schema.BuiltinOptionsT{Type: schema.BuiltinOptionsCallOnceOptions, Value: &schema.CallOnceOptionsT{InitSubgraphIndex: 2}})
	m.Subgraphs = []*schema.SubGraphT{
		{Operators: []*schema.OperatorT{once, handle("start", 0), handle("late", 1), handle("own", 2), set(2), read(2), read(1), read(0), set(1)}},
		{Operators: []*schema.OperatorT{handle("own", 0), read(0), read(7)}}, // 7 is given to it
		{Operators: []*schema.OperatorT{handle("start", 0), set(0)}},
	}
	if got := unset(m); !slices.Equal(got, []string{"late", "own"}) {
		t.Errorf("unset = %q", got)
	}
	if got := some([]string{"a", "b", "c", "d", "e"}); got != "a, b, c and 2 more" {
		t.Errorf("some = %q", got)
	}
}

package verify

// Values of BuiltinOperator that are named here.
const (
	opAveragePool        = 1
	opConv2D             = 3
	opDepthwiseConv2D    = 4
	opDepthToSpace       = 5
	opDequantize         = 6
	opFullyConnected     = 9
	opL2Pool             = 12
	opLSTM               = 16
	opMaxPool            = 17
	opRNN                = 24
	opSpaceToDepth       = 26
	opSVDF               = 27
	opCall               = 31
	opCustom             = 32
	opSequenceRNN        = 35
	opSequenceLSTM       = 44
	opBidirectionalRNN   = 46
	opSplit              = 49
	opDelegate           = 51
	opBidirectionalLSTM  = 52
	opTransposeConv      = 67
	opUnpack             = 88
	opSplitV             = 102
	opIf                 = 118
	opWhile              = 119
	opDensify            = 124
	opCallOnce           = 129
	opConv3D             = 132
	opHashtable          = 136
	opHashtableImport    = 138
	opConv3DTranspose    = 141
	opVarHandle          = 142
	opAssignVariable     = 144
	opStablehloCall      = 173
	opStablehloIota      = 196
	opStablehloWhile     = 200
	opStablehloComposite = 206
	opStablehloCase      = 209
)

// A needs is what the runtime takes for granted of an operator.
type needs struct {
	inputs, outputs int    // at least
	options         string // that name sizes to divide by, or subgraphs
}

var special = map[uint64]needs{
	opAveragePool:        {1, 1, "Pool2DOptions"},
	opMaxPool:            {1, 1, "Pool2DOptions"},
	opL2Pool:             {1, 1, "Pool2DOptions"},
	opConv2D:             {2, 1, "Conv2DOptions"},
	opDepthwiseConv2D:    {2, 1, "DepthwiseConv2DOptions"},
	opTransposeConv:      {3, 1, "TransposeConvOptions"},
	opConv3D:             {2, 1, "Conv3DOptions"},
	opConv3DTranspose:    {3, 1, "Conv3DOptions"},
	opDepthToSpace:       {1, 1, "DepthToSpaceOptions"},
	opSpaceToDepth:       {1, 1, "SpaceToDepthOptions"},
	opFullyConnected:     {2, 1, ""},
	opSplit:              {2, 1, "SplitOptions"},
	opSplitV:             {3, 1, "SplitVOptions"},
	opUnpack:             {1, 0, "UnpackOptions"},
	opCustom:             {0, 0, ""},
	opCall:               {0, 0, "CallOptions"},
	opCallOnce:           {0, 0, "CallOnceOptions"},
	opIf:                 {1, 0, "IfOptions"},
	opWhile:              {0, 0, "WhileOptions"},
	opStablehloCall:      {0, 0, ""},
	opStablehloIota:      {0, 1, ""},
	opStablehloWhile:     {0, 0, "StablehloWhileOptions"},
	opStablehloComposite: {0, 0, "StableHLOCompositeOptions"},
	opStablehloCase:      {1, 0, "StablehloCaseOptions"},
	opHashtable:          {0, 1, ""},
	opHashtableImport:    {3, 0, ""},
	opVarHandle:          {0, 1, ""},
	opAssignVariable:     {2, 0, ""},
}

// needed is what an operator must have.
func needed(code uint64) needs {
	if n, ok := special[code]; ok {
		return n
	}
	return needs{inputs: max(1, inputsOf[code]), outputs: max(1, outputsOf[code])}
}

// optional reports whether an operator can do without input i.
func optional(code uint64, i int) bool {
	switch code {
	case opCustom, opDelegate:
		return true
	case opConv2D, opDepthwiseConv2D, opFullyConnected, opConv3D:
		return i >= 2
	case opTransposeConv, opConv3DTranspose, opSVDF:
		return i >= 3
	case opLSTM, opRNN, opSequenceLSTM, opSequenceRNN, opBidirectionalLSTM, opBidirectionalRNN:
		return i >= 1
	}
	return false
}

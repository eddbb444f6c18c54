package verify

// inputsOf is how many inputs the kernels of an operator read, where that is
// more than one. Optional ones at the end do not count; the recurrent layers
// have many that may be -1 and must be listed all the same.
var inputsOf = map[uint64]int{
	0:   2,  // ADD
	7:   2,  // EMBEDDING_LOOKUP
	10:  3,  // HASHTABLE_LOOKUP
	15:  2,  // LSH_PROJECTION
	16:  5,  // LSTM
	18:  2,  // MUL
	23:  2,  // RESIZE_BILINEAR
	24:  5,  // RNN
	27:  4,  // SVDF
	33:  5,  // EMBEDDING_LOOKUP_SPARSE
	34:  2,  // PAD
	35:  5,  // UNIDIRECTIONAL_SEQUENCE_RNN
	36:  2,  // GATHER
	37:  3,  // BATCH_TO_SPACE_ND
	38:  3,  // SPACE_TO_BATCH_ND
	39:  2,  // TRANSPOSE
	40:  2,  // MEAN
	41:  2,  // SUB
	42:  2,  // DIV
	44:  20, // UNIDIRECTIONAL_SEQUENCE_LSTM
	45:  4,  // STRIDED_SLICE
	46:  9,  // BIDIRECTIONAL_SEQUENCE_RNN
	48:  2,  // TOPK_V2
	52:  39, // BIDIRECTIONAL_SEQUENCE_LSTM
	54:  2,  // PRELU
	55:  2,  // MAXIMUM
	56:  2,  // ARG_MAX
	57:  2,  // MINIMUM
	58:  2,  // LESS
	60:  3,  // PADV2
	61:  2,  // GREATER
	62:  2,  // GREATER_EQUAL
	63:  2,  // LESS_EQUAL
	64:  3,  // SELECT
	65:  3,  // SLICE
	68:  4,  // SPARSE_TO_DENSE
	69:  2,  // TILE
	70:  2,  // EXPAND_DIMS
	71:  2,  // EQUAL
	72:  2,  // NOT_EQUAL
	74:  2,  // SUM
	78:  2,  // POW
	79:  2,  // ARG_MIN
	81:  2,  // REDUCE_PROD
	82:  2,  // REDUCE_MAX
	84:  2,  // LOGICAL_OR
	85:  4,  // ONE_HOT
	86:  2,  // LOGICAL_AND
	89:  2,  // REDUCE_MIN
	90:  2,  // FLOOR_DIV
	91:  2,  // REDUCE_ANY
	94:  2,  // FILL
	95:  2,  // FLOOR_MOD
	96:  3,  // RANGE
	97:  2,  // RESIZE_NEAREST_NEIGHBOR
	99:  2,  // SQUARED_DIFFERENCE
	100: 2,  // MIRROR_PAD
	105: 2,  // REVERSE_V2
	107: 2,  // GATHER_ND
	112: 2,  // REVERSE_SEQUENCE
	115: 2,  // MATRIX_SET_DIAG
	120: 5,  // NON_MAX_SUPPRESSION_V4
	121: 6,  // NON_MAX_SUPPRESSION_V5
	122: 3,  // SCATTER_ND
	123: 3,  // SELECT_V2
	125: 2,  // SEGMENT_SUM
	126: 2,  // BATCH_MATMUL
	128: 2,  // CUMSUM
	130: 2,  // BROADCAST_TO
	131: 2,  // RFFT2D
	137: 3,  // HASHTABLE_FIND
	140: 2,  // REDUCE_ALL
	149: 2,  // MULTINOMIAL
	151: 3,  // DYNAMIC_UPDATE_SLICE
	153: 3,  // UNSORTED_SEGMENT_PROD
	154: 3,  // UNSORTED_SEGMENT_MAX
	155: 3,  // UNSORTED_SEGMENT_SUM
	156: 2,  // ATAN2
	157: 3,  // UNSORTED_SEGMENT_MIN
	160: 2,  // BITWISE_XOR
	161: 2,  // RIGHT_SHIFT
}

// outputsOf is the same of outputs.
var outputsOf = map[uint64]int{
	48:  2, // TOPK_V2
	103: 2, // UNIQUE
	120: 2, // NON_MAX_SUPPRESSION_V4
	121: 3, // NON_MAX_SUPPRESSION_V5
}

package grad

import (
	"maps"

	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tf/op"
)

// rules is the table of gradients that come with the package. nil stops the
// gradient without an error.
func rules() map[string]rule {
	table := map[string]rule{
		"Identity":        first(pass),
		"Snapshot":        first(pass),
		"ReadVariableOp":  first(pass),
		"IdentityN":       identityNRule,
		"PreventGradient": preventRule,
		"CheckNumerics": first(func(s *tf.Scope, o tf.Op, dy tf.Output) tf.Output {
			return op.CheckNumerics(s, dy, "gradient: "+o.AttrString("message"))
		}),
		"EnsureShape":            first(pass),
		"PlaceholderWithDefault": first(pass),

		// math.go
		"Add":               addRule(),
		"AddV2":             addRule(),
		"Sub":               subRule(),
		"Mul":               mulRule(),
		"Div":               divRule(op.Div),
		"RealDiv":           divRule(op.RealDiv),
		"DivNoNan":          divRule(op.DivNoNan),
		"MulNoNan":          mulNoNanRule(),
		"FloorMod":          modRule(op.FloorDiv),
		"Maximum":           selectRule(op.GreaterEqual),
		"Minimum":           selectRule(op.LessEqual),
		"Pow":               powRule(),
		"Atan2":             atan2Rule(),
		"SquaredDifference": squaredDifferenceRule(),
		"AddN":              addNRule,
		"ClipByValue":       clipRule,
		"Select":            whereRule,
		"SelectV2":          whereRule,

		// matmul.go
		"MatMul":        matMulRule,
		"BatchMatMul":   batchMatMulRule,
		"BatchMatMulV2": batchMatMulRule,
		"BatchMatMulV3": batchMatMulRule,
		"BiasAdd":       biasAddRule,
		"BiasAddGrad":   first(biasAddGrad),
		"Einsum":        einsumRule,
		"L2Loss":        first(l2LossGrad),

		// nn.go, loss.go, norm.go
		"Softmax":                             first(softmaxGrad),
		"LogSoftmax":                          first(logSoftmaxGrad),
		"SoftmaxCrossEntropyWithLogits":       softmaxLossRule,
		"SparseSoftmaxCrossEntropyWithLogits": softmaxLossRule,
		"FusedBatchNormV3":                    batchNormRule,
		"FusedBatchNormGradV3":                batchNormGradRule,

		// conv.go, pool.go
		"Conv2D":                              convRule(plainConv),
		"Conv2DBackpropInput":                 convInputRule(plainConv),
		"Conv2DBackpropFilter":                convFilterRule(plainConv),
		"DepthwiseConv2dNative":               convRule(depthwiseConv),
		"DepthwiseConv2dNativeBackpropInput":  convInputRule(depthwiseConv),
		"DepthwiseConv2dNativeBackpropFilter": convFilterRule(depthwiseConv),
		"MaxPool":                             first(maxPoolGrad),
		"MaxPoolV2":                           first(maxPoolV2Grad),
		"MaxPoolGrad":                         maxPoolGradRule,
		"MaxPoolGradV2":                       maxPoolGradV2Rule,
		"MaxPoolGradGrad":                     maxPoolGradGradRule,
		"AvgPool":                             first(avgPoolGrad),
		"AvgPoolGrad":                         avgPoolGradRule,

		// reduce.go
		"Sum":     first(sumGrad),
		"Mean":    first(meanGrad),
		"Max":     first(extremeGrad),
		"Min":     first(extremeGrad),
		"Prod":    first(prodGrad),
		"Cumsum":  first(cumsumGrad),
		"Cumprod": first(cumprodGrad),

		// array.go
		"Reshape":     first(reshapeGrad),
		"ExpandDims":  first(reshapeGrad),
		"Squeeze":     first(reshapeGrad),
		"Transpose":   first(transposeGrad),
		"Cast":        first(castGrad),
		"BroadcastTo": first(broadcastToGrad),
		"Fill":        fillRule,
		"Tile":        first(tileGrad),
		"Concat":      concatRule(true),
		"ConcatV2":    concatRule(false),
		"Pack":        packRule,
		"Unpack":      unpackRule,
		"Split":       splitRule,
		"SplitV":      splitVRule,
		"ReverseV2":   first(reverseGrad),

		// slice.go, gather.go
		"Slice":              first(sliceGrad),
		"Pad":                padRule,
		"PadV2":              padRule,
		"MirrorPad":          first(mirrorPadGrad),
		"MirrorPadGrad":      first(mirrorPadGradGrad),
		"StridedSlice":       first(stridedSliceGrad),
		"StridedSliceGrad":   stridedSliceGradRule,
		"SpaceToBatchND":     first(spaceToBatchGrad),
		"BatchToSpaceND":     first(batchToSpaceGrad),
		"Gather":             gatherRule,
		"GatherV2":           gatherRule,
		"ResourceGather":     resourceGatherRule,
		"UnsortedSegmentSum": first(segmentSumGrad),
		"GatherNd":           first(gatherNdGrad),
		"ScatterNd":          scatterNdRule,
	}
	for _, family := range []map[string]rule{
		unaryRules(), activationRules(), callRules(), switchRules(), xlaRules(),
		specialRules(), complexRules(), segmentRules(), randomRules(),
		linalgRules(), fourierRules(),
		volumeRules(), poolRules(), normRules(),
		imageRules(), quantizeRules(), sequenceRules(), sparseRules(),
		blockRules(), scatterRules(), listRules(), tensorArrayRules(),
	} {
		maps.Copy(table, family)
	}
	for _, t := range stops {
		table[t] = nil
	}
	return table
}

// stops are operations that are flat, or made to stop gradients. Those whose
// results are integers or booleans need not be here.
var stops = []string{
	"StopGradient", "ZerosLike", "OnesLike", "Floor", "Ceil", "Round", "Rint", "FloorDiv", "TruncateDiv",
	"Range", "LinSpace", "Bucketize", "OneHot",
}

package grad

// segmentRules are the gradients of reductions of segments.
func segmentRules() map[string]rule {
	return map[string]rule{}
}

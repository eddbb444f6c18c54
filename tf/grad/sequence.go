package grad

// sequenceRules are the gradients of CTC and fused recurrent cells.
func sequenceRules() map[string]rule {
	return map[string]rule{}
}

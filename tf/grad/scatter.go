package grad

// scatterRules are the gradients of updates of parts of tensors.
func scatterRules() map[string]rule {
	return map[string]rule{}
}

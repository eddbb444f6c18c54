package grad

// blockRules are the gradients of operations that move blocks of elements.
func blockRules() map[string]rule {
	return map[string]rule{}
}

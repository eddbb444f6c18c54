package grad

// sparseRules are the gradients of sparse tensors.
func sparseRules() map[string]rule {
	return map[string]rule{}
}

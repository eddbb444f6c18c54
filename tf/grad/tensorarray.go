package grad

// tensorArrayRules are the gradients of TensorArrays.
func tensorArrayRules() map[string]rule {
	return map[string]rule{}
}

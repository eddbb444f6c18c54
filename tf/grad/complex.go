package grad

// complexRules are the gradients of operations between real and complex numbers.
func complexRules() map[string]rule {
	return map[string]rule{}
}

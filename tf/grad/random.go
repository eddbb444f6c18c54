package grad

// randomRules are the gradients of random numbers with parameters.
func randomRules() map[string]rule {
	return map[string]rule{}
}

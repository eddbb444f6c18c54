package grad

// callRules are the gradients of calls of functions and control flow.
func callRules() map[string]rule {
	return map[string]rule{}
}

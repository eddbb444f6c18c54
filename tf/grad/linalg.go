package grad

// linalgRules are the gradients of linear algebra.
func linalgRules() map[string]rule {
	return map[string]rule{}
}

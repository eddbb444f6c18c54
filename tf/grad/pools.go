package grad

// poolRules are the gradients of the pooling that pool.go has not.
func poolRules() map[string]rule {
	return map[string]rule{}
}

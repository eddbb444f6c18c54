package grad

// volumeRules are the gradients of three-dimensional convolution and patches.
func volumeRules() map[string]rule {
	return map[string]rule{}
}

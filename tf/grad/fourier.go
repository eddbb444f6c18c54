package grad

// fourierRules are the gradients of Fourier transforms.
func fourierRules() map[string]rule {
	return map[string]rule{}
}

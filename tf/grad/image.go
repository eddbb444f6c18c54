package grad

// imageRules are the gradients of images.
func imageRules() map[string]rule {
	return map[string]rule{}
}

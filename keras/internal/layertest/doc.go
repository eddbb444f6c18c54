// Package layertest checks that a layer does what every layer must: shapes,
// weights, configuration, gradients, and that training lowers a loss.
package layertest

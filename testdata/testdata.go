// Package testdata holds small data that several packages share. Go tools skip
// folders of this name in patterns such as ./..., but import it by its path.
package testdata

import "embed"

// MNIST5K holds, in the folder mnist-5k, the first 4,000 training and 1,000
// test digits of MNIST as gzipped idx files. See mnist-5k/README.md for origin
// and licence.
//
//go:embed mnist-5k/*.gz
var MNIST5K embed.FS

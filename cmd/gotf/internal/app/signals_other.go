//go:build !unix

package app

func ignoreSignals() {}

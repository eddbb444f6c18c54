//go:build !linux

package tflite_test

func limitMemory() {}

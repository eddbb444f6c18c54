//go:build !linux

package main

func hostileLimit() {}

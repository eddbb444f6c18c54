//go:build !linux

package main

var hostileSystemCases []hostileCase

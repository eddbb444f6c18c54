// Package lab runs computations of tests both ways: in a graph with a session,
// and on an eager scope.
package lab

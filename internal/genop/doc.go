// Command genop writes package tf/op: one Go function for each op of
// TensorFlow.
//
//	go run ./internal/genop write -dir tf/op
//
// It needs no library. What it reads is committed beside it:
//
//	ops-VERSION.pb.gz  a library's op list (tensorflow.OpList, without its documentation)
//	groups.txt         the group, and so the file, of each op
//
// To add or renew a version, with that version's library in the folder GOTF_LIB
// (or where gotf install put it), and its wheels at hand:
//
//	GOTF_LIB=DIR go run ./internal/genop dump -dir internal/genop
//	go run ./internal/genop groups -dir internal/genop WHEEL...
//
// # What is written
//
// The ops of all versions, without those whose names begin with an underscore.
// Where versions differ, the function works for all: an attribute that only one
// knows is optional and says so, and so does an op that only one has. A
// difference that no single function can cover is an error.
//
// Inputs come first, then the attributes that have no default, then a struct of
// those that have one. Attributes that follow from the inputs are left out.
// In the struct the zero value means the default; numbers and bools whose
// default is not zero are pointers.
package main

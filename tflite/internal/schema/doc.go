// Package schema holds the types of the .tflite format, as flatc makes them:
// tables to read in place, and structs (their names end in T) to change and
// write. Read only what package verify has passed: the accessors do not check.
package schema

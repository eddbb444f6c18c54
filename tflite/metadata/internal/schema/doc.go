// Package schema holds the types of the metadata format of .tflite files, as
// flatc makes them. Its accessors do not check what they read.
package schema

package ctf

// Status is the outcome of one call; Code 0 is success.
type Status struct {
	Code    int32
	Message string
}

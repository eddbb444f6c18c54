module github.com/gotf/gotf/examples/graft

go 1.24.0

require (
	github.com/gotf/gotf v0.0.0
	github.com/wamuir/graft v0.10.0
	google.golang.org/protobuf v1.36.10
)

replace github.com/gotf/gotf => ../..

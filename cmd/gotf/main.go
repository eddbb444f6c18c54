// Command gotf installs TensorFlow's libraries and trains, converts and runs
// models with them.
package main

import (
	"github.com/gotf/gotf/cmd/gotf/internal/app"
	"github.com/gotf/gotf/cmd/gotf/internal/bench"
	"github.com/gotf/gotf/cmd/gotf/internal/convert"
	"github.com/gotf/gotf/cmd/gotf/internal/diff"
	"github.com/gotf/gotf/cmd/gotf/internal/export"
	"github.com/gotf/gotf/cmd/gotf/internal/inspect"
	"github.com/gotf/gotf/cmd/gotf/internal/libraries"
	"github.com/gotf/gotf/cmd/gotf/internal/pack"
	"github.com/gotf/gotf/cmd/gotf/internal/run"
	"github.com/gotf/gotf/cmd/gotf/internal/show"
	"github.com/gotf/gotf/cmd/gotf/internal/train"
)

func main() { app.Main(commands) }

// commands is the whole command line, in help order.
var commands = app.Table{
	{Group: "Libraries", Command: libraries.Install},
	{Group: "Libraries", Command: libraries.Doctor},
	{Group: "Libraries", Command: libraries.Version},
	{Group: "Models", Command: train.Command},
	{Group: "Models", Command: app.Apart(export.Command)},
	{Group: "Models", Command: app.Apart(convert.Command)},
	{Group: "Models", Command: pack.Command},
	{Group: "Models", Command: show.Command},
	{Group: "Models", Command: show.ScanCommand},
	{Group: "Models", Command: inspect.Command},
	{Group: "Models", Command: app.Apart(diff.Command)},
	{Group: "Models", Command: app.Apart(run.Command)},
	{Group: "Models", Command: app.Apart(bench.Command)},
}

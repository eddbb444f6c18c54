package main

import (
	"context"
	"os"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	dir := t.TempDir()
	if err := run(context.Background(), dir); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"saved_model/saved_model.pb", "digits.tflite"} {
		if _, err := os.Stat(dir + "/" + file); err != nil {
			t.Error(err)
		}
	}
}

// README.md shows this program.
func TestREADME(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), "```go\n"+string(program)+"```\n") {
		t.Error("the Go program in README.md is not examples/digits/main.go")
	}
}

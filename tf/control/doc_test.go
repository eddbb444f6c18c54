package control_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

var indent = regexp.MustCompile(`(?m)^\s+`)

// TestGuide checks that the guide's snippets are parts of tests.
func TestGuide(t *testing.T) {
	var tests strings.Builder
	for _, path := range []string{"example_test.go", "../../savedmodel/gradient_test.go"} {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		tests.WriteString(indent.ReplaceAllString(string(src), ""))
	}
	guide, err := os.ReadFile("../../docs/control-flow.md")
	if err != nil {
		t.Fatal(err)
	}
	snippets := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(guide), -1)
	if len(snippets) < 5 {
		t.Errorf("found %d snippets", len(snippets))
	}
	for _, m := range snippets {
		if !strings.Contains(tests.String(), indent.ReplaceAllString(m[1], "")) {
			t.Errorf("no test has the snippet\n%s", m[1])
		}
	}
}

package metadata_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

var indent = regexp.MustCompile(`(?m)^\s+`)

// TestGuide checks that the guide's snippets are parts of the example.
func TestGuide(t *testing.T) {
	src, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	guide, err := os.ReadFile("../../docs/package.md")
	if err != nil {
		t.Fatal(err)
	}
	snippets := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(guide), -1)
	if len(snippets) < 2 {
		t.Errorf("found %d snippets", len(snippets))
	}
	example := indent.ReplaceAllString(string(src), "")
	for _, m := range snippets {
		if !strings.Contains(example, indent.ReplaceAllString(m[1], "")) {
			t.Errorf("no example has the snippet\n%s", m[1])
		}
	}
}

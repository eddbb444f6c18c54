package grad_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

var indent = regexp.MustCompile(`(?m)^\s+`)

// The snippets of the guides are parts of examples and tests.
func TestGuides(t *testing.T) {
	var tests strings.Builder
	for _, path := range []string{
		"example_test.go", "example_guide_test.go", "example_more_test.go",
		"../example_debug_test.go", "../example_traced_test.go", "../../examples/customop/main.go",
	} {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		tests.WriteString(indent.ReplaceAllString(string(src), ""))
	}
	for guide, want := range map[string]int{"gradients": 14, "functions": 2, "coming-from-python": 2, "debugging": 5, "custom-ops": 2} {
		text, err := os.ReadFile("../../docs/" + guide + ".md")
		if err != nil {
			t.Fatal(err)
		}
		snippets := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(text), -1)
		if len(snippets) < want {
			t.Errorf("%s: found %d snippets", guide, len(snippets))
		}
		for _, m := range snippets {
			if !strings.Contains(tests.String(), indent.ReplaceAllString(m[1], "")) {
				t.Errorf("%s: no test has the snippet\n%s", guide, m[1])
			}
		}
	}
}

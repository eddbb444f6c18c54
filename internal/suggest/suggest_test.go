package suggest_test

import (
	"fmt"
	"testing"

	"github.com/gotf/gotf/internal/suggest"
)

func TestClosest(t *testing.T) {
	words := []string{"install", "doctor", "version", "train", "batch-size", "serving_default"}
	for _, tc := range []struct{ word, want string }{
		{"instal", "install"},
		{"tarin", "train"},
		{"TRAIN", "train"},
		{"batch_size", "batch-size"},
		{"serving-defaults", "serving_default"},
		{"doctro", "doctor"},
		{"xyz", ""},
		{"", ""},
	} {
		t.Run(tc.word, func(t *testing.T) {
			if got := suggest.Closest(tc.word, words); got != tc.want {
				t.Errorf("Closest(%q) = %q, want %q", tc.word, got, tc.want)
			}
		})
	}
}

func ExampleDidYouMean() {
	fmt.Println("unknown verb tarin" + suggest.DidYouMean("tarin", []string{"train", "run"}))
	// Output: unknown verb tarin, did you mean "train"?
}

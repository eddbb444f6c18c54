package usage

import (
	"strings"
	"testing"
)

func TestKebab(t *testing.T) {
	got := Kebab(strings.Fields("run --tag_set a_b --out_dir=x_y -a_b -- --a_b"))
	want := strings.Fields("run --tag-set a_b --out-dir=x_y -a_b -- --a_b")
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("kebab = %q, want %q", got, want)
	}
}

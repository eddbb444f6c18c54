package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestGenerateFails(t *testing.T) {
	const old = `op { name: "X" input_arg { name: "a" type: DT_FLOAT } output_arg { name: "y" type: DT_FLOAT }
		attr { name: "n" type: "int" default_value { i: 1 } } }`
	for _, tc := range []struct {
		name, now, want string
	}{
		{"another input", `op { name: "X" output_arg { name: "y" type: DT_FLOAT } attr { name: "n" type: "int" } }`, "X: inputs differ"},
		{"an input became a list", `op { name: "X" input_arg { name: "a" type: DT_FLOAT number_attr: "n" } output_arg { name: "y" type: DT_FLOAT } attr { name: "n" type: "int" } }`, "X: inputs differ"},
		{"another output", `op { name: "X" input_arg { name: "a" type: DT_FLOAT } attr { name: "n" type: "int" } }`, "X: outputs differ"},
		{"another attribute type", `op { name: "X" input_arg { name: "a" type: DT_FLOAT } output_arg { name: "y" type: DT_FLOAT } attr { name: "n" type: "float" } }`, "X: attribute n differs"},
		{"a new required attribute", `op { name: "X" input_arg { name: "a" type: DT_FLOAT } output_arg { name: "y" type: DT_FLOAT } attr { name: "m" type: "int" } }`, "X: attribute m differs"},
		{"two fields of one name", `op { name: "Y" attr { name: "a_b" type: "int" default_value { i: 1 } } attr { name: "aB" type: "int" default_value { i: 1 } } }`, `Y: no Go name for "aB"`},
		{"two inputs of one name", `op { name: "Y" input_arg { name: "a_b" type: DT_FLOAT } input_arg { name: "aB" type: DT_FLOAT } input_arg { name: "a_B" type: DT_FLOAT } }`, `Y: no Go name for "a_B"`},
		{"an unknown attribute type", `op { name: "Y" attr { name: "a" type: "color" } }`, "Y: attribute a has the unknown type color"},
		{"two functions of one name", `op { name: "x" }`, "x: the name X is taken"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			libs := []release{parse(t, "1.0", old), parse(t, "2.0", tc.now)}
			_, err := generate(libs, everyOp(libs, "group"))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("err = %v, want %s", err, tc.want)
			}
		})
	}
	libs := []release{parse(t, "1.0", old)}
	if _, err := generate(libs, nil); err == nil || !strings.Contains(err.Error(), "X: not in groups.txt") {
		t.Errorf("no group: err = %v", err)
	}
}

func TestGroups(t *testing.T) {
	got, err := groups("# comment\n\nAbs math\nRiscAbs risc hidden\n")
	if err != nil {
		t.Fatal(err)
	}
	if got["Abs"] != (entry{Group: "math"}) || got["RiscAbs"] != (entry{Group: "risc", Hidden: true}) || len(got) != 2 {
		t.Errorf("got %v", got)
	}
	for _, bad := range []string{"Abs", "Abs math secret", "Abs math hidden more"} {
		if _, err := groups("Neg math\n" + bad); err == nil || !strings.Contains(err.Error(), "groups.txt:2") {
			t.Errorf("%q: err = %v, want one naming line 2", bad, err)
		}
	}
}

func TestRun(t *testing.T) {
	for _, args := range [][]string{nil, {"fly"}, {"write", "-dir", "/dev/null/x"}, {"groups", "/no/such.whl"}} {
		if err := run(args, &bytes.Buffer{}); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}

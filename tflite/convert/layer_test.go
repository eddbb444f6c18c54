package convert

import "testing"

func TestLayer(t *testing.T) {
	var s nameSet
	for _, name := range []string{"dense_1", "conv", "conv1", "conv2", "split_1", "split_11", "split_12", "block", "block3", "a/b;a/c", "a/b;a/c1", "y:0", "y:01", "t;", "t;1", "7"} {
		s.add(name)
	}
	for name, want := range map[string]string{
		"dense_1": "dense_1", "conv": "conv", "conv1": "conv", "conv2": "conv", "split_1": "split_1", "split_11": "split_1", "split_12": "split_1",
		"block3": "block3", "a/b;a/c": "a/b", "a/b;a/c1": "a/b", "y:0": "y:0", "y:01": "y:0", "t;1": "t", "7": "7", "": "",
	} {
		if got := s.layer(name); got != want {
			t.Errorf("%q is of %q, want %q", name, got, want)
		}
	}
}

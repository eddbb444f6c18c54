package main

import (
	"testing"
	"time"
)

// What is measured works.
func TestLite(t *testing.T) {
	e := &environment{root: "../..", temp: t.TempDir()}
	tiny, err := tinyModels(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	made, err := madeModel(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []int
	for _, path := range append(tiny, made...) {
		m, err := openLite(path)
		if err != nil {
			t.Fatal(err)
		}
		defer m.close()
		m.length = time.Millisecond
		if us, err := m.turn(t.Context()); err != nil || us <= 0 {
			t.Errorf("a turn of %s gives %g, %v", path, us, err)
		}
		blocks = append(blocks, m.block)
	}
	if blocks[0] < 2 || blocks[len(blocks)-1] != 1 {
		t.Errorf("%v calls are timed together, the last being of a larger model", blocks)
	}
	if _, err := openLite(e.temp); err == nil {
		t.Error("a folder is opened as a model")
	}
}

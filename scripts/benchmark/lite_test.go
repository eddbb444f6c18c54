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
	g := &liteModels{length: time.Millisecond}
	defer g.close()
	for _, path := range append(tiny, made...) {
		if err := g.open(path); err != nil {
			t.Fatal(err)
		}
	}
	if us, err := g.turn(t.Context()); err != nil || us <= 0 {
		t.Errorf("a turn gives %g, %v", us, err)
	}
	if tiny, mid := g.models[0].block, g.models[len(g.models)-1].block; tiny < 2 || mid != 1 {
		t.Errorf("%d tiny and %d larger calls are timed together", tiny, mid)
	}
	if err := g.open(e.temp); err == nil {
		t.Error("a folder is opened as a model")
	}
}

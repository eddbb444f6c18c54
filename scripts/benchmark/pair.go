package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/gotf/gotf/internal/peers"
)

// side is one of the two that are compared. A turn works for about the time of
// a turn and gives its value; between turns a side does nothing.
type side interface {
	turn(ctx context.Context) (float64, error)
	close() error
}

// pair is the two sides of a comparison, both warm.
type pair struct{ gotf, peer side }

// result is the outcome of a comparison. That of several models has the
// geometric means of theirs.
type result struct {
	Ratio  float64           `json:"ratio"` // above 1: gotf is faster
	Gotf   float64           `json:"gotf"`
	Peer   float64           `json:"peer"`
	Unit   string            `json:"unit"`
	Models map[string]result `json:"models,omitempty"`
}

// environment is what the comparisons share.
type environment struct {
	options
	python string
	root   string // of the repository
	data   string // the folder with MNIST's files
	temp   string
}

func newEnvironment(python string, o options) (*environment, error) {
	e := &environment{options: o, python: python}
	var err error
	if e.root, err = peers.Root(); err != nil {
		return nil, err
	}
	e.data = mnist(e.root)
	fmt.Fprintf(os.Stderr, "%d CPUs, data from %s\n", runtime.NumCPU(), e.data)
	e.temp, err = os.MkdirTemp("", "gotf-bench-")
	return e, err
}

func (e *environment) close() { os.RemoveAll(e.temp) }

// mnist is the folder of all of MNIST if it is there, else of a part.
func mnist(root string) string {
	if cache, err := os.UserCacheDir(); err == nil {
		dir := filepath.Join(cache, "gotf", "data", "mnist")
		if _, err := os.Stat(filepath.Join(dir, "train-images-idx3-ubyte")); err == nil {
			return dir
		}
	}
	return filepath.Join(root, "testdata", "mnist-5k")
}

// compare measures what a comparison is of, one model after the other if it has
// several.
func (e *environment) compare(ctx context.Context, c comparison) (result, error) {
	fmt.Fprintf(os.Stderr, "%s: preparing\n", c.name)
	if c.models == nil {
		return e.measure(ctx, c, c.name, c.start)
	}
	paths, err := c.models(ctx, e)
	if err != nil {
		return result{}, err
	}
	found := map[string]result{}
	for _, path := range paths {
		name := filepath.Base(path)
		if found[name], err = e.measure(ctx, c, c.name+" "+name, lite(path)); err != nil {
			return result{}, fmt.Errorf("%s: %w", path, err)
		}
	}
	return join(found, c.unit), nil
}

// measure takes the turns.
func (e *environment) measure(ctx context.Context, c comparison, name string, start start) (result, error) {
	p, err := start(ctx, e)
	if err != nil {
		return result{}, err
	}
	defer p.gotf.close()
	defer p.peer.close()
	var gotf, peer []float64
	for i := range e.turns {
		g, q, err := p.turns(ctx, i%2 == 1)
		if err != nil {
			return result{}, err
		}
		gotf, peer = append(gotf, g), append(peer, q)
		fmt.Fprintf(os.Stderr, "%s: turn %d of %d: gotf %.4g, Python %.4g %s\n", name, i+1, e.turns, g, q, c.unit)
	}
	return summarise(gotf, peer, c.lower, c.unit), nil
}

// turns takes one turn of each side, who begins changing from pair to pair.
func (p pair) turns(ctx context.Context, peerFirst bool) (gotf, peer float64, err error) {
	if peerFirst {
		if peer, err = p.peer.turn(ctx); err != nil {
			return 0, 0, err
		}
	}
	if gotf, err = p.gotf.turn(ctx); err != nil {
		return 0, 0, err
	}
	if !peerFirst {
		peer, err = p.peer.turn(ctx)
	}
	return gotf, peer, err
}

// summarise takes medians; that of the ratios is of each turn with its pair.
func summarise(gotf, peer []float64, lower bool, unit string) result {
	ratios := make([]float64, len(gotf))
	for i := range ratios {
		ratios[i] = gotf[i] / peer[i]
		if lower {
			ratios[i] = peer[i] / gotf[i]
		}
	}
	return result{Ratio: median(ratios), Gotf: median(gotf), Peer: median(peer), Unit: unit}
}

// join takes the geometric means of several models.
func join(models map[string]result, unit string) result {
	var ratio, gotf, peer float64
	for _, r := range models {
		ratio, gotf, peer = ratio+math.Log(r.Ratio), gotf+math.Log(r.Gotf), peer+math.Log(r.Peer)
	}
	mean := func(logs float64) float64 { return math.Exp(logs / float64(len(models))) }
	return result{Ratio: mean(ratio), Gotf: mean(gotf), Peer: mean(peer), Unit: unit, Models: models}
}

func median(values []float64) float64 {
	s := slices.Sorted(slices.Values(values))
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

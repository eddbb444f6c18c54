package main

import (
	"context"
	"fmt"
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

// result is the outcome of a comparison.
type result struct {
	Ratio float64 `json:"ratio"` // above 1: gotf is faster
	Gotf  float64 `json:"gotf"`
	Peer  float64 `json:"peer"`
	Unit  string  `json:"unit"`
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

// compare takes the turns.
func (e *environment) compare(ctx context.Context, c comparison) (r result, err error) {
	fmt.Fprintf(os.Stderr, "%s: preparing\n", c.name)
	p, err := c.start(ctx, e)
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
		fmt.Fprintf(os.Stderr, "%s: turn %d of %d: gotf %.4g, Python %.4g %s\n", c.name, i+1, e.turns, g, q, c.unit)
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

func median(values []float64) float64 {
	s := slices.Sorted(slices.Values(values))
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

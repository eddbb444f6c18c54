package bench

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// times are those of the calls that some goroutines make at a time.
type times struct {
	calls   []call
	samples []sample // of each goroutine
	elapsed time.Duration
}

func newTimes(calls []call) *times {
	return &times{calls: calls, samples: make([]sample, len(calls))}
}

// warm makes n calls on each goroutine that are not counted.
func (t *times) warm(ctx context.Context, n int) error {
	return t.each(func(i int) error {
		for range n {
			if err := t.calls[i](ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// turn makes calls for about length, at least one on each goroutine.
func (t *times) turn(ctx context.Context, length time.Duration) error {
	start := time.Now()
	err := t.each(func(i int) error {
		for at := time.Now(); ; {
			if err := t.calls[i](ctx); err != nil {
				return err
			}
			now := time.Now()
			t.samples[i].add(now.Sub(at))
			if at = now; now.Sub(start) >= length {
				return nil
			}
		}
	})
	t.elapsed += time.Since(start)
	return err
}

// each runs work on every goroutine and waits for them.
func (t *times) each(work func(i int) error) error {
	if len(t.calls) == 1 {
		return work(0)
	}
	errs := make([]error, len(t.calls))
	var all sync.WaitGroup
	for i := range t.calls {
		all.Add(1)
		go func() {
			defer all.Done()
			errs[i] = work(i)
		}()
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// kept is how many times are kept of a goroutine's; of more a uniform
// choice is.
const kept = 1 << 19

// sample is times of calls.
type sample struct {
	kept     []time.Duration
	n        int64
	sum, max time.Duration
	rng      *rand.Rand
}

func (s *sample) add(d time.Duration) {
	s.n, s.sum, s.max = s.n+1, s.sum+d, max(s.max, d)
	if len(s.kept) < kept {
		s.kept = append(s.kept, d)
		return
	}
	if s.rng == nil {
		s.rng = rand.New(rand.NewPCG(1, 2))
	}
	if i := s.rng.Int64N(s.n); i < kept { // Vitter's algorithm R
		s.kept[i] = d
	}
}

// level sums up.
func (t *times) level() level {
	l := level{Concurrency: len(t.calls)}
	var all []time.Duration
	var sum time.Duration
	for i := range t.samples {
		s := &t.samples[i]
		all = append(all, s.kept...)
		l.Calls += s.n
		sum += s.sum
		l.Latency.MaxMS = max(l.Latency.MaxMS, ms(s.max))
	}
	slices.Sort(all)
	l.Seconds = t.elapsed.Seconds()
	l.CallsPerSecond = float64(l.Calls) / l.Seconds
	l.Latency.MeanMS = ms(sum) / float64(l.Calls)
	l.Latency.MinMS = ms(all[0])
	l.Latency.P50MS, l.Latency.P90MS, l.Latency.P99MS = quantile(all, 0.5), quantile(all, 0.9), quantile(all, 0.99)
	l.Histogram = newHistogram(all)
	return l
}

// quantile is the smallest of the sorted times that a share q of them does
// not exceed.
func quantile(sorted []time.Duration, q float64) float64 {
	i := int(math.Ceil(q*float64(len(sorted)))) - 1
	return ms(sorted[min(max(i, 0), len(sorted)-1)])
}

func ms(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e6 }

// histogram counts times in bins of equal width; the last bin also holds
// the slowest hundredth.
type histogram struct {
	FromMS float64 `json:"from_ms"`
	BinMS  float64 `json:"bin_ms"`
	Counts []int64 `json:"counts"`
}

const bins = 40

func newHistogram(sorted []time.Duration) histogram {
	low, high := ms(sorted[0]), quantile(sorted, 0.99)
	h := histogram{FromMS: low, BinMS: (high - low) / (bins - 1), Counts: make([]int64, bins)}
	for _, d := range sorted {
		i := 0
		if h.BinMS > 0 {
			i = int((ms(d) - low) / h.BinMS)
		}
		h.Counts[min(i, bins-1)]++
	}
	return h
}

package micro

import "slices"

// buffer is memory that is needed from one step to another.
type buffer struct {
	size        int
	first, last int
}

// overlaps reports whether two buffers are needed at the same time.
func (b buffer) overlaps(o buffer) bool { return b.first <= o.last && o.first <= b.last }

// placed is a buffer that has its offset.
type placed struct {
	buffer
	offset int
}

// plan places buffers in one block, the larger ones first, each at the first
// gap among those needed at the same time, and returns the block's size. It is
// the order of TFLM's greedy planner: of two of one size the later comes first.
func plan(buffers []buffer) int {
	bySize := slices.Clone(buffers)
	slices.Reverse(bySize)
	slices.SortStableFunc(bySize, func(a, b buffer) int { return b.size - a.size })
	var done []placed // by offset
	total := 0
	for _, b := range bySize {
		at := gap(done, b)
		i, _ := slices.BinarySearchFunc(done, at, func(p placed, at int) int {
			if p.offset <= at {
				return -1
			}
			return 1
		})
		done = slices.Insert(done, i, placed{b, at})
		total = max(total, at+b.size)
	}
	return total
}

// gap is the lowest offset where b fits between the buffers that overlap it.
func gap(done []placed, b buffer) int {
	at := 0
	for _, p := range done {
		if !p.overlaps(b) {
			continue
		}
		if p.offset-at >= b.size {
			break
		}
		at = max(at, p.offset+p.size)
	}
	return at
}

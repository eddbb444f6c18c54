package drawing

import (
	"cmp"
	"slices"
)

const (
	orderRounds  = 12
	columnRounds = 10
)

// order sorts each layer by the barycentres of the neighbours above, then below,
// and so on, and keeps the order with the fewest crossings.
func (l *layout) order() {
	place := make([]float64, len(l.rank))
	note := func(layer []int) {
		for i, v := range layer {
			place[v] = float64(i)
		}
	}
	for _, layer := range l.layers {
		note(layer)
	}
	best, least := l.copyLayers(), l.crossings(place)
	for round := 0; round < orderRounds && least > 0; round++ {
		for k := range l.layers {
			layer, near := l.layers[k], l.in
			if round%2 == 1 {
				layer, near = l.layers[len(l.layers)-1-k], l.out
			}
			sortByCentre(layer, near, place)
			note(layer)
		}
		if n := l.crossings(place); n < least {
			best, least = l.copyLayers(), n
		}
	}
	l.layers = best
}

// sortByCentre sorts a layer by the mean place of each vertex's neighbours;
// those without stay.
func sortByCentre(layer []int, near [][]int, place []float64) {
	centre := make(map[int]float64, len(layer))
	for _, v := range layer {
		centre[v] = place[v]
		if len(near[v]) > 0 {
			centre[v] = mean(near[v], place)
		}
	}
	slices.SortStableFunc(layer, func(a, b int) int { return cmp.Compare(centre[a], centre[b]) })
}

func mean(vertices []int, of []float64) float64 {
	sum := 0.0
	for _, v := range vertices {
		sum += of[v]
	}
	return sum / float64(len(vertices))
}

func (l *layout) copyLayers() [][]int {
	out := make([][]int, len(l.layers))
	for i, layer := range l.layers {
		out[i] = slices.Clone(layer)
	}
	return out
}

// crossings counts the pairs of edges between neighbouring layers that cross: the
// inversions of the lower ends, sorted by the upper ones.
func (l *layout) crossings(place []float64) (n int) {
	for k, layer := range l.layers {
		if k+1 == len(l.layers) {
			break
		}
		var ends []int
		for _, v := range layer {
			from := len(ends)
			for _, to := range l.out[v] {
				ends = append(ends, int(place[to]))
			}
			slices.Sort(ends[from:])
		}
		n += inversions(ends, len(l.layers[k+1]))
	}
	return n
}

// inversions counts with a binary indexed tree the pairs that stand the wrong
// way round among values below limit.
func inversions(values []int, limit int) (n int) {
	tree := make([]int, limit+1)
	for seen, v := range values {
		notAbove := 0
		for i := v + 1; i > 0; i &= i - 1 {
			notAbove += tree[i]
		}
		n += seen - notAbove
		for i := v + 1; i <= limit; i += i & -i {
			tree[i]++
		}
	}
	return n
}

// columns sets the x of each vertex: near the mean of its neighbours', in the
// order of its layer and without overlap.
func (l *layout) columns() {
	l.x = make([]float64, len(l.rank))
	for _, layer := range l.layers {
		at := 0.0
		for _, v := range layer {
			l.x[v] = at + l.width[v]/2
			at += l.width[v] + gapX
		}
		for _, v := range layer {
			l.x[v] -= at / 2
		}
	}
	for round := range columnRounds {
		for k := range l.layers {
			layer, near := l.layers[k], l.in
			if round%2 == 1 {
				layer, near = l.layers[len(l.layers)-1-k], l.out
			}
			l.align(layer, near)
		}
	}
	least := 0.0
	for v := range l.x {
		least = min(least, l.x[v]-l.width[v]/2)
	}
	for v := range l.x {
		l.x[v] += margin - least
	}
}

// align moves the vertices of a layer to where they want to be. Those that would
// overlap are joined to blocks, which stand at the mean of their wishes (the
// pool-adjacent-violators algorithm).
func (l *layout) align(layer []int, near [][]int) {
	type block struct{ sum, weight float64 } // of wishes, less the offset in the layer
	var blocks []block
	var size []int
	offset := make([]float64, len(layer))
	for i, v := range layer {
		if i > 0 {
			before := layer[i-1]
			offset[i] = offset[i-1] + (l.width[before]+l.width[v])/2 + l.gap(before, v)
		}
		wish, weight := l.x[v], 0.1
		if len(near[v]) > 0 {
			wish, weight = mean(near[v], l.x), 1
			if v >= len(l.g.Nodes) && near[v][0] >= len(l.g.Nodes) {
				weight = 4 // long edges want to be straight between their ends
			}
		}
		blocks, size = append(blocks, block{weight * (wish - offset[i]), weight}), append(size, 1)
		for n := len(blocks); n > 1 && blocks[n-2].sum/blocks[n-2].weight > blocks[n-1].sum/blocks[n-1].weight; n-- {
			blocks[n-2].sum += blocks[n-1].sum
			blocks[n-2].weight += blocks[n-1].weight
			size[n-2] += size[n-1]
			blocks, size = blocks[:n-1], size[:n-1]
		}
	}
	i := 0
	for b, n := range size {
		for range n {
			l.x[layer[i]] = blocks[b].sum/blocks[b].weight + offset[i]
			i++
		}
	}
}

// gap is the room between two neighbours: less beside the bend of an edge.
func (l *layout) gap(a, b int) float64 {
	if a >= len(l.g.Nodes) && b >= len(l.g.Nodes) {
		return gapX / 3
	}
	return gapX
}

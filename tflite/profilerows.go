package tflite

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/tflite/internal/schema"
)

// profile adds up the events of invocations, a row for each operation.
type profile struct {
	rows  map[string]*row
	order []*row
	runs  int
	total time.Duration
}

type row struct {
	OpTime
	part  bool // a delegate's
	calls int
	now   time.Duration // in this run
	sum   time.Duration
}

// add counts the events of one run that took so long.
func (p *profile) add(events []ctflite.Event, took time.Duration) {
	names := make([]string, len(events)) // of the rows
	for i, e := range events {
		depth, inside := 0, ""
		if e.Inside >= 0 {
			inside = names[e.Inside]
			depth = p.rows[inside].Depth + 1
		}
		names[i] = fmt.Sprintf("%s/%d.%d", inside, e.Subgraph, e.Op)
		if e.Name == "" {
			names[i] += steps(events, i)
		}
		r := p.rows[names[i]]
		if r == nil {
			r = &row{OpTime: OpTime{Subgraph: e.Subgraph, Index: e.Op, Op: e.Name, Depth: depth}, part: e.Name == ""}
			p.rows[names[i]] = r
			p.order = append(p.order, r)
		}
		r.calls++
		r.now += time.Duration(e.Nanoseconds)
	}
	for _, r := range p.order {
		if r.sum += r.now; p.runs == 0 {
			r.Min, r.Max = r.now, r.now
		}
		r.Min, r.Max, r.now = min(r.Min, r.now), max(r.Max, r.now), 0
	}
	p.runs++
	p.total += took
}

// steps tells the parts of a delegate apart, by their steps.
func steps(events []ctflite.Event, part int) string {
	var s strings.Builder
	for _, e := range events[part+1:] {
		if e.Inside != part {
			break
		}
		s.WriteString(":" + e.Name)
	}
	return s.String()
}

// times are the rows as means of one run, with what the file says of them.
func (p *profile) times(m *nativeModel) []OpTime {
	out := make([]OpTime, 0, len(p.order))
	file := schema.GetRootAsModel(ctflite.ModelData(m.model), 0)
	seen, parts := map[[2]int]bool{}, 0
	for _, r := range p.order {
		r.Mean = r.sum / time.Duration(p.runs)
		r.Calls = (r.calls + p.runs/2) / p.runs
		r.Share = float64(r.sum) / float64(p.total)
		switch {
		case r.part:
			r.Op, parts = "XNNPACK", parts+1
		case r.Subgraph >= 0:
			seen[[2]int{r.Subgraph, r.Index}] = true
			r.Outputs = outputNames(file, r.Subgraph, r.Index)
			if len(r.Outputs) > 0 {
				r.Name = r.Outputs[0]
			}
		}
		out = append(out, r.OpTime)
	}
	if i := slices.IndexFunc(out, func(t OpTime) bool { return t.Op == "XNNPACK" && t.Depth == 0 }); parts == 1 && i >= 0 {
		out[i].Ops = unseen(file, seen)
	}
	return out
}

// unseen counts the operations of the main graph that took no time of their own.
func unseen(file *schema.Model, seen map[[2]int]bool) (n int) {
	var g schema.SubGraph
	if !file.Subgraphs(&g, 0) {
		return 0
	}
	for k := range g.OperatorsLength() {
		if !seen[[2]int{0, k}] {
			n++
		}
	}
	return n
}

// outputNames are those of an operation of the file; none for a delegate's.
func outputNames(file *schema.Model, subgraph, op int) []string {
	var g schema.SubGraph
	var o schema.Operator
	var t schema.Tensor
	if subgraph >= file.SubgraphsLength() || !file.Subgraphs(&g, subgraph) || op >= g.OperatorsLength() || !g.Operators(&o, op) {
		return nil
	}
	var names []string
	for k := range o.OutputsLength() {
		if g.Tensors(&t, int(o.Outputs(k))) {
			names = append(names, string(t.Name()))
		}
	}
	return names
}

// Package drawing draws directed graphs as SVG: layers from top to bottom, with
// few crossings.
//
// [SVG] lays a [Graph] out as Sugiyama, Tagawa and Toda did (1981): cycles are
// broken, each node gets the layer below its inputs, long edges bend at each
// layer they pass, layers are ordered by the barycentres of their neighbours, and
// columns are set near the mean of theirs. [Graph.Collapse] makes a graph small
// enough to be drawn, by joining nodes of one scope.
//
// The pictures use the CSS classes box, op, input, output, constant, custom,
// group, edge and the inherited font, which a page defines ([Style] does).
package drawing

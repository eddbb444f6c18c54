//go:build linux && amd64 && cgo

#include "shim.h"

#include <stdlib.h>

#define HIDDEN __attribute__((visibility("hidden")))

HIDDEN ctflite_graph* ctflite_graph_new(TfLiteInterpreter* i, TfLiteSignatureRunner* r) {
  ctflite_graph* g = calloc(1, sizeof *g);
  g->interpreter = i;
  g->runner = r;
  g->inputs = r ? (int)TfLiteSignatureRunnerGetInputCount(r) : TfLiteInterpreterGetInputTensorCount(i);
  g->outputs = r ? (int)TfLiteSignatureRunnerGetOutputCount(r) : TfLiteInterpreterGetOutputTensorCount(i);
  int n = g->inputs + g->outputs;
  g->views = calloc(n + 1, sizeof *g->views);
  g->names = calloc(n + 1, sizeof *g->names);
  for (int k = 0; r && k < n; k++)
    g->names[k] = k < g->inputs ? TfLiteSignatureRunnerGetInputName(r, k) : TfLiteSignatureRunnerGetOutputName(r, k - g->inputs);
  return g;
}

HIDDEN void ctflite_graph_delete(ctflite_graph* g) {
  free(g->views);
  free(g->names);
  free(g);
}

HIDDEN TfLiteTensor* ctflite_graph_tensor(const ctflite_graph* g, int k) {
  if (k < g->inputs)
    return g->runner ? TfLiteSignatureRunnerGetInputTensor(g->runner, g->names[k]) : TfLiteInterpreterGetInputTensor(g->interpreter, k);
  if (g->runner) return (TfLiteTensor*)TfLiteSignatureRunnerGetOutputTensor(g->runner, g->names[k]);
  return (TfLiteTensor*)TfLiteInterpreterGetOutputTensor(g->interpreter, k - g->inputs);
}

HIDDEN int ctflite_graph_resize(ctflite_graph* g, int input, const int* dims, int rank) {
  if (g->runner) return TfLiteSignatureRunnerResizeInputTensor(g->runner, g->names[input], dims, rank);
  return TfLiteInterpreterResizeInputTensor(g->interpreter, input, dims, rank);
}

// ctflite_graph_look notes where the tensors are now. Any of them may move in a graph with
// shapes that depend on values.
HIDDEN void ctflite_graph_look(ctflite_graph* g) {
  for (int k = 0; k < g->inputs + g->outputs; k++) {
    const TfLiteTensor* t = ctflite_graph_tensor(g, k);
    g->views[k].data = t ? TfLiteTensorData(t) : 0;
    g->views[k].size = t && g->views[k].data ? TfLiteTensorByteSize(t) : 0;
  }
}

HIDDEN int ctflite_graph_allocate(ctflite_graph* g) {
  int status = g->runner ? TfLiteSignatureRunnerAllocateTensors(g->runner) : TfLiteInterpreterAllocateTensors(g->interpreter);
  ctflite_graph_look(g);
  return status;
}

HIDDEN int ctflite_graph_invoke(ctflite_graph* g) {
  int status = g->runner ? TfLiteSignatureRunnerInvoke(g->runner) : TfLiteInterpreterInvoke(g->interpreter);
  ctflite_graph_look(g);
  return status;
}

HIDDEN int ctflite_graph_cancel(ctflite_graph* g) {
  return g->runner ? TfLiteSignatureRunnerCancel(g->runner) : TfLiteInterpreterCancel(g->interpreter);
}

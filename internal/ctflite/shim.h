#ifndef GOTF_TFLITE_SHIM_H
#define GOTF_TFLITE_SHIM_H
#include "gen_stubs.h"

// ctflite_reporter keeps what the runtime says, one line each.
typedef struct ctflite_reporter ctflite_reporter;
ctflite_reporter* ctflite_reporter_new(void);
void ctflite_reporter_delete(ctflite_reporter* r);
void ctflite_reporter_add(ctflite_reporter* r, const char* text);
char* ctflite_reporter_take(ctflite_reporter* r);  // NULL if nothing; free it

typedef struct { TfLiteModel* model; void* data; } ctflite_model;
ctflite_model ctflite_model_new(const void* data, size_t size, ctflite_reporter* r);
TfLiteInterpreterOptions* ctflite_options_new(ctflite_reporter* r);

typedef struct { int type, rank; size_t size; void* data; const char* name; TfLiteAffineQuantization* quant; } ctflite_info;
ctflite_info ctflite_tensor_info(const TfLiteTensor* t);

void ctflite_set_log_severity(void* library, int least);

// ctflite_graph is what can be run: an interpreter's main graph, or a runner.
typedef struct { void* data; size_t size; } ctflite_view;
typedef struct {
  TfLiteInterpreter* interpreter;
  TfLiteSignatureRunner* runner;  // NULL for the main graph
  int inputs, outputs;
  const char** names;    // of a runner's inputs, then outputs
  ctflite_view* views;   // of the inputs, then outputs, after the last call
} ctflite_graph;
ctflite_graph* ctflite_graph_new(TfLiteInterpreter* i, TfLiteSignatureRunner* r);
void ctflite_graph_delete(ctflite_graph* g);
TfLiteTensor* ctflite_graph_tensor(const ctflite_graph* g, int k);
int ctflite_graph_resize(ctflite_graph* g, int input, const int* dims, int rank);
int ctflite_graph_allocate(ctflite_graph* g);
int ctflite_graph_invoke(ctflite_graph* g);
int ctflite_graph_cancel(ctflite_graph* g);
void ctflite_graph_look(ctflite_graph* g);

TfLiteDelegate* ctflite_xnnpack_new(int threads, uint32_t on, uint32_t off, TfLiteXNNPackWeightsCache* cache, const char* file);

// ctflite_plugin is a delegate from a library of the user's.
typedef struct { TfLiteDelegate* delegate; void (*destroy)(TfLiteDelegate*); char* error; } ctflite_plugin;
ctflite_plugin ctflite_plugin_new(const char* path, const char* const* keys, const char* const* values, size_t n, ctflite_reporter* r);
ctflite_plugin ctflite_flex_new(const char* tensorflow);
void ctflite_plugin_delete(ctflite_plugin p);

// Operations in Go: op and node are handles of what operator.go keeps.
TfLiteOperator* ctflite_operator_new(const char* name, int version, uintptr_t op);
uintptr_t gotfLiteInit(uintptr_t op, void* options, size_t size);
void gotfLiteFree(uintptr_t node);
int gotfLitePrepare(uintptr_t node, TfLiteOpaqueContext* c, TfLiteOpaqueNode* n);
int gotfLiteInvoke(uintptr_t node, TfLiteOpaqueContext* c, TfLiteOpaqueNode* n);

// ctflite_profiler notes when operations begin and end. An event with no name
// is a delegate's part; its steps are inside it.
typedef struct { int64_t op, subgraph; uint64_t start, nanoseconds; int32_t inside; char name[84]; } ctflite_event;
typedef struct {
  TfLiteProfiler callbacks;
  ctflite_event* events;
  size_t n, room;
  int32_t open, part;  // the events that others are inside, or -1
  int64_t step;        // the last one of the part, or -1
  uint64_t last;       // when something was noted last
} ctflite_profiler;
void ctflite_profiler_start(ctflite_profiler* p);
ctflite_profiler* ctflite_profiler_new(void);
void ctflite_profiler_delete(ctflite_profiler* p);
#endif

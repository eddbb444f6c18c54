//go:build linux && amd64 && cgo

#include "shim.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HIDDEN __attribute__((visibility("hidden")))

struct ctflite_reporter { pthread_mutex_t mu; size_t len; char text[4096]; };

HIDDEN ctflite_reporter* ctflite_reporter_new(void) {
  ctflite_reporter* r = malloc(sizeof *r);
  if (!r) return 0;
  pthread_mutex_init(&r->mu, 0);
  r->len = 0;
  return r;
}

HIDDEN void ctflite_reporter_delete(ctflite_reporter* r) {
  pthread_mutex_destroy(&r->mu);
  free(r);
}

static void add(ctflite_reporter* r, const char* format, va_list args) {
  pthread_mutex_lock(&r->mu);
  size_t room = sizeof r->text - r->len;
  if (room > 2) {
    int n = vsnprintf(r->text + r->len, room - 1, format, args);
    if (n > 0) {
      r->len += (size_t)n < room - 2 ? (size_t)n : room - 2;
      r->text[r->len++] = '\n';
    }
  }
  pthread_mutex_unlock(&r->mu);
}

static void report(void* user, const char* format, va_list args) { add(user, format, args); }

static void addf(ctflite_reporter* r, const char* format, ...) {
  va_list args;
  va_start(args, format);
  add(r, format, args);
  va_end(args);
}

HIDDEN void ctflite_reporter_add(ctflite_reporter* r, const char* text) { addf(r, "%s", text); }

HIDDEN char* ctflite_reporter_take(ctflite_reporter* r) {
  pthread_mutex_lock(&r->mu);
  char* s = r->len ? strndup(r->text, r->len) : 0;
  r->len = 0;
  pthread_mutex_unlock(&r->mu);
  return s;
}

// The runtime reads weights in place, at the alignment of the file's start.
HIDDEN ctflite_model ctflite_model_new(const void* data, size_t size, ctflite_reporter* r) {
  ctflite_model m = {0, 0};
  if (posix_memalign(&m.data, 64, size)) return m;
  memcpy(m.data, data, size);
  m.model = TfLiteModelCreateWithErrorReporter(m.data, size, report, r);
  if (!m.model) {
    free(m.data);
    m.data = 0;
  }
  return m;
}

HIDDEN TfLiteInterpreterOptions* ctflite_options_new(ctflite_reporter* r) {
  TfLiteInterpreterOptions* o = TfLiteInterpreterOptionsCreate();
  TfLiteInterpreterOptionsSetErrorReporter(o, report, r);
  return o;
}

HIDDEN ctflite_info ctflite_tensor_info(const TfLiteTensor* t) {
  TfLiteQuantization q = TfLiteOpaqueTensorGetQuantization(t);
  ctflite_info i = {TfLiteTensorType(t), TfLiteTensorNumDims(t), TfLiteTensorByteSize(t), TfLiteTensorData(t),
                    TfLiteTensorName(t), q.type == 1 ? q.params : 0};
  return i;
}

static const char set_severity[] = "_ZN6tflite16logging_internal13MinimalLogger21SetMinimumLogSeverityENS_11LogSeverityE";

// Severities: 0 verbose, 1 information, 2 warning, 3 error. The TensorFlow
// library has a logger of its own for its part of Flex.
HIDDEN void ctflite_set_log_severity(void* library, int least) {
  void (*set)(int) = (void (*)(int))(library ? dlsym(library, set_severity) : ctflite_symbol(set_severity));
  if (set) set(least);
}

//go:build linux && amd64 && cgo

#include "shim.h"

#include <dlfcn.h>
#include <string.h>

#define HIDDEN __attribute__((visibility("hidden")))

// Flags of 2.20's defaults: signed and unsigned 8 bit, subgraph reshaping.
enum { OLD_DEFAULT = 131 };

HIDDEN TfLiteDelegate* ctflite_xnnpack_new(int threads, uint32_t on, uint32_t off, TfLiteXNNPackWeightsCache* cache, const char* file) {
  if (!ctflite_has("TfLiteXNNPackDelegateCreate")) return 0;
  TfLiteXNNPackOptions o = TfLiteXNNPackDelegateOptionsDefault();
  const char* v = TfLiteVersion();
  o.v20.num_threads = threads;
  if (!strncmp(v, "2.18.", 5) || !strncmp(v, "2.19.", 5)) {
    o.v18.flags = (OLD_DEFAULT | on) & ~off;
    o.v18.weights_cache = cache;
    o.v18.weight_cache_file_path = file;
  } else {
    o.v20.flags = (o.v20.flags | on) & ~off;
    o.v20.weights_cache = cache;
    o.v20.weight_cache_file_path = file;
  }
  return TfLiteXNNPackDelegateCreate(&o);
}

// What a plugin says while it is made, by one thread at a time.
static __thread ctflite_reporter* listener;

static void heard(const char* text) {
  if (listener) ctflite_reporter_add(listener, text);
}

HIDDEN ctflite_plugin ctflite_plugin_new(const char* path, const char* const* keys, const char* const* values, size_t n, ctflite_reporter* r) {
  ctflite_plugin p = {0, 0, 0};
  void* h = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!h) {
    p.error = strdup(dlerror());
    return p;
  }
  TfLiteDelegate* (*create)(const char* const*, const char* const*, size_t, void (*)(const char*)) = dlsym(h, "tflite_plugin_create_delegate");
  p.destroy = dlsym(h, "tflite_plugin_destroy_delegate");
  if (!create || !p.destroy) {
    p.error = strdup(create ? "it has no function tflite_plugin_destroy_delegate" : "it has no function tflite_plugin_create_delegate");
    dlclose(h);
    return p;
  }
  listener = r;
  p.delegate = create(keys, values, n, heard);
  listener = 0;
  return p;  // the library stays open: threads of its own may run in it
}

// The function returns a std::unique_ptr with a function as its deleter, which
// lies before the pointer, through a hidden first argument.
struct owner { void (*destroy)(TfLiteDelegate*); TfLiteDelegate* delegate; };

HIDDEN ctflite_plugin ctflite_flex_new(const char* tensorflow) {
  ctflite_plugin p = {0, 0, 0};
  void* h = dlopen(tensorflow, RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);
  void* (*acquire)(struct owner*) = h ? dlsym(h, "TF_AcquireFlexDelegate") : 0;
  if (!acquire) return p;
  ctflite_set_log_severity(h, 2);
  struct owner o = {0, 0};
  acquire(&o);
  p.delegate = o.delegate;
  p.destroy = o.destroy;
  return p;
}

HIDDEN void ctflite_plugin_delete(ctflite_plugin p) {
  if (p.delegate && p.destroy) p.destroy(p.delegate);
}

//go:build linux && amd64 && cgo

#include "shim.h"

#define HIDDEN __attribute__((visibility("hidden")))

static void* init(void* op, TfLiteOpaqueContext* c, const char* options, size_t size) {
  return (void*)gotfLiteInit((uintptr_t)op, (void*)options, size);
}

static void release(void* op, TfLiteOpaqueContext* c, void* node) { gotfLiteFree((uintptr_t)node); }

static TfLiteStatus prepare(void* op, TfLiteOpaqueContext* c, TfLiteOpaqueNode* n) {
  return gotfLitePrepare((uintptr_t)TfLiteOpaqueNodeGetUserData(n), c, n);
}

static TfLiteStatus invoke(void* op, TfLiteOpaqueContext* c, TfLiteOpaqueNode* n) {
  return gotfLiteInvoke((uintptr_t)TfLiteOpaqueNodeGetUserData(n), c, n);
}

enum { BUILTIN_CUSTOM = 32 };

HIDDEN TfLiteOperator* ctflite_operator_new(const char* name, int version, uintptr_t op) {
  TfLiteOperator* o = TfLiteOperatorCreate(BUILTIN_CUSTOM, name, version, (void*)op);
  if (!o) return 0;
  TfLiteOperatorSetInitWithData(o, init);
  TfLiteOperatorSetFreeWithData(o, release);
  TfLiteOperatorSetPrepareWithData(o, prepare);
  TfLiteOperatorSetInvokeWithData(o, invoke);
  return o;
}

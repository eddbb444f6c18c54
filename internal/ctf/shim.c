//go:build linux && amd64 && cgo

// Batched calls: one cgo crossing adds or runs a whole op.
#include "shim.h"

#include <stdio.h>
#define HID __attribute__((visibility("hidden")))

static __thread TF_Status* tls;
static inline TF_Status* status(void) {
  if (__builtin_expect(!tls, 0)) tls = TF_NewStatus();
  return tls;
}
static gotf_res fail(TF_Status* s) {
  gotf_res r = {TF_GetCode(s), strdup(TF_Message(s)), 0, 0, 0};
  TF_SetStatus(s, 0, "");
  return r;
}

// The attribute buffer holds, for each attribute: kind (1 byte), name, NUL,
// payload, unaligned and little-endian. tf/attrs.go writes it.
#define READ(T, v) T v; memcpy(&v, p, sizeof v); p += sizeof v
#define SET(kind, ...) do { if (eager) TFE_OpSetAttr##kind(op, name, __VA_ARGS__); else TF_SetAttr##kind(op, name, __VA_ARGS__); } while (0)
static void set_attrs(void* op, int eager, const uint8_t* p, size_t n, TF_Status* s) {
  const uint8_t* end = p + n;
  while (p < end) {
    int kind = *p++;
    const char* name = (const char*)p;
    p += strlen(name) + 1;
    switch (kind) {
    case 1: { READ(int64_t, v); SET(Int, v); break; }
    case 2: { READ(float, v); SET(Float, v); break; }
    case 3: { uint8_t v = *p++; SET(Bool, v); break; }
    case 4: { READ(int32_t, v); SET(Type, v); break; }
    case 5: { READ(uint32_t, l); SET(String, p, l); p += l; break; }
    case 6: {
      READ(int32_t, nd);
      int64_t d[256];
      if (nd > 256) { TF_SetStatus(s, 3, "a shape attribute has more than 256 dimensions"); return; }
      if (nd > 0) { memcpy(d, p, 8 * nd); p += 8 * nd; }
      if (eager) TFE_OpSetAttrShape(op, name, d, nd, s); else TF_SetAttrShape(op, name, d, nd);
      break;
    }
    case 7: {
      READ(uint64_t, t);
      if (eager) TFE_OpSetAttrTensor(op, name, (TF_Tensor*)t, s); else TF_SetAttrTensor(op, name, (TF_Tensor*)t, s);
      break;
    }
    case 8: {
      READ(uint32_t, l);
      if (eager) TFE_OpSetAttrFunctionName(op, name, (const char*)p, l); else TF_SetAttrFuncName(op, name, (const char*)p, l);
      p += l;
      break;
    }
    case 9: { READ(uint32_t, c); int64_t* v = malloc(8 * c + 1); memcpy(v, p, 8 * c); p += 8 * c; SET(IntList, v, c); free(v); break; }
    case 10: { READ(uint32_t, c); float* v = malloc(4 * c + 1); memcpy(v, p, 4 * c); p += 4 * c; SET(FloatList, v, c); free(v); break; }
    case 11: { READ(uint32_t, c); SET(BoolList, p, c); p += c; break; }
    case 12: { READ(uint32_t, c); int* v = malloc(4 * c + 1); memcpy(v, p, 4 * c); p += 4 * c; SET(TypeList, v, c); free(v); break; }
    case 13: {
      READ(uint32_t, c);
      const void** v = malloc(8 * c + 1);
      size_t* len = malloc(8 * c + 1);
      for (uint32_t i = 0; i < c; i++) { READ(uint32_t, l); v[i] = p; len[i] = l; p += l; }
      SET(StringList, v, len, c);
      free(v); free(len);
      break;
    }
    case 14: {
      READ(uint32_t, c);
      int64_t** v = malloc(8 * c + 1);
      int* nd = malloc(4 * c + 1);
      for (uint32_t i = 0; i < c; i++) {
        READ(int32_t, l);
        nd[i] = l;
        v[i] = malloc(8 * (l > 0 ? l : 0) + 1);
        if (l > 0) { memcpy(v[i], p, 8 * l); p += 8 * l; }
      }
      if (eager) TFE_OpSetAttrShapeList(op, name, (const int64_t**)v, nd, c, s);
      else TF_SetAttrShapeList(op, name, (const int64_t* const*)v, nd, c);
      for (uint32_t i = 0; i < c; i++) free(v[i]);
      free(v); free(nd);
      break;
    }
    case 16: {
      READ(uint32_t, l);
      if (eager) TFE_OpSetAttrValueProto(op, name, p, l, s); else TF_SetAttrValueProto(op, name, p, l, s);
      p += l;
      break;
    }
    default: TF_SetStatus(s, 13, "unknown attribute encoding"); return;
    }
  }
}

HID gotf_res gotf_graph_op(TF_Graph* g, const char* type, const char* name, const char* dev,
    const gotf_in* ins, const int32_t* counts, int ncounts, void* const* ctrl, int nctrl,
    const uint8_t* at, size_t nat, int32_t* dts, int cap) {
  TF_Status* s = status();
  TF_OperationDescription* d = TF_NewOperation(g, type, name);
  if (*dev) TF_SetDevice(d, dev);
  for (int k = 0; k < ncounts; k++) {
    int c = counts[k];
    if (c < 0) {
      TF_Output o = {(TF_Operation*)ins->p, ins->i};
      ins++;
      TF_AddInput(d, o);
      continue;
    }
    TF_Output* o = malloc(sizeof(TF_Output) * (c + 1));
    for (int i = 0; i < c; i++, ins++) { o[i].oper = (TF_Operation*)ins->p; o[i].index = ins->i; }
    TF_AddInputList(d, o, c);
    free(o);
  }
  for (int i = 0; i < nctrl; i++) TF_AddControlInput(d, ctrl[i]);
  set_attrs(d, 0, at, nat, s);
  gotf_res bad = {0};
  if (TF_GetCode(s)) bad = fail(s);
  TF_Operation* o = TF_FinishOperation(d, s);  // frees d also when it fails
  if (bad.code) { TF_SetStatus(s, 0, ""); return bad; }
  if (TF_GetCode(s)) return fail(s);
  int n = TF_OperationNumOutputs(o);
  for (int i = 0; i < n && i < cap; i++) { TF_Output x = {o, i}; dts[i] = TF_OperationOutputType(x); }
  gotf_res r = {0, 0, o, n, 0};
  return r;
}

HID gotf_res gotf_eager_op(TFE_Context* c, TFE_Op* op, const char* type, const char* dev,
    const gotf_in* ins, const int32_t* counts, int ncounts, const uint8_t* at, size_t nat,
    uintptr_t* outs, int32_t* dts, int cap, TFE_CancellationManager* cm) {
  TF_Status* s = status();
  if (op) TFE_OpReset(op, type, *dev ? dev : 0, s);
  else {
    op = TFE_NewOp(c, type, s);
    if (!TF_GetCode(s) && *dev) TFE_OpSetDevice(op, dev, s);
  }
  if (TF_GetCode(s)) goto bad;
  for (int k = 0; k < ncounts && !TF_GetCode(s); k++) {
    int n = counts[k];
    if (n < 0) { TFE_OpAddInput(op, (TFE_TensorHandle*)ins->p, s); ins++; continue; }
    TFE_TensorHandle** h = malloc(sizeof(*h) * (n + 1));
    for (int i = 0; i < n; i++, ins++) h[i] = (TFE_TensorHandle*)ins->p;
    TFE_OpAddInputList(op, h, n, s);
    free(h);
  }
  if (TF_GetCode(s)) goto bad;
  if (nat) set_attrs(op, 1, at, nat, s);
  if (cm) TFE_OpSetCancellationManager(op, cm, s);
  int n = cap;
  if (!TF_GetCode(s)) TFE_Execute(op, (TFE_TensorHandle**)outs, &n, s);
  if (TF_GetCode(s)) goto bad;
  gotf_res r = {0, 0, op, n, 0};
  for (int i = 0; i < n; i++) {
    TFE_TensorHandle* h = (TFE_TensorHandle*)outs[i];
    dts[i] = TFE_TensorHandleDataType(h);
    size_t size = TF_DataTypeSize(dts[i]);
    if (size) r.nbytes += size * TFE_TensorHandleNumElements(h, s);
  }
  if (TF_GetCode(s)) TF_SetStatus(s, 0, "");
  return r;
bad:
  // An op that failed half-way is not used again.
  if (op) TFE_DeleteOp(op);
  return fail(s);
}

HID gotf_res gotf_session_run(TF_Session* s, const TF_Buffer* options, const gotf_in* fin, void* const* fv, int nf,
    const gotf_in* fout, void** outv, int no, void* const* targets, int nt, TF_Buffer* metadata) {
  TF_Status* t = status();
  TF_SessionRun(s, options, (const TF_Output*)fin, (TF_Tensor* const*)fv, nf, (const TF_Output*)fout, (TF_Tensor**)outv, no,
      (const TF_Operation* const*)targets, nt, metadata, t);
  if (TF_GetCode(t)) return fail(t);
  gotf_res r = {0, 0, 0, no, 0};
  return r;
}

HID void gotf_free_handles(const uintptr_t* hs, int n) {
  for (int i = 0; i < n; i++) TFE_DeleteTensorHandle((TFE_TensorHandle*)hs[i]);
}

HID gotf_info gotf_tensor_info(TF_Tensor* t) {
  gotf_info r = {TF_TensorData(t), TF_TensorByteSize(t), TF_TensorType(t), TF_NumDims(t)};
  for (int i = 0; i < r.rank && i < GOTF_DIMS; i++) r.dims[i] = TF_Dim(t, i);
  return r;
}

static void string_dealloc(void* d, size_t n, void* arg) {
  TF_TString* s = d;
  for (size_t i = 0; i < n / sizeof *s; i++) TF_StringDealloc(s + i);
  free(d);
}
static void free_dealloc(void* d, size_t n, void* arg) { free(d); }

HID gotf_new gotf_new_tensor(int32_t dtype, const int64_t* dims, int rank, size_t n) {
  gotf_new r = {0, 0};
  const size_t alignment = 64;  // below it TF_NewTensor copies
  void* d = aligned_alloc(alignment, ((n ? n : 1) + alignment - 1) / alignment * alignment);
  if (!d) return r;
  if (dtype == 7) memset(d, 0, n);  // an all-zero TF_TString is the empty string
  r.t = TF_NewTensor(dtype, dims, rank, d, n, dtype == 7 ? string_dealloc : free_dealloc, 0);
  r.data = d;
  return r;
}

HID void gotf_strings(const TF_TString* s, int n, const char** data, size_t* size) {
  for (int i = 0; i < n; i++) {
    data[i] = TF_StringGetDataPointer(s + i);
    size[i] = TF_StringGetSize(s + i);
  }
}

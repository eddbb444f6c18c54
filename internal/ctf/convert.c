//go:build linux && amd64 && cgo

// Calls the TFLite converter, which the library exports as C++ only. Its
// objects are laid out by hand (libstdc++'s CXX11 ABI, protobuf and Abseil as
// built into the wheels), so neither a C++ compiler nor headers are needed.
#include "convert.h"

#include <stdio.h>

typedef struct { char* p; size_t n; union { char local[16]; size_t cap; } u; } cxx_string;  // std::string
typedef struct { size_t n; const char* p; } cxx_view;  // std::string_view
typedef struct { void** b; size_t nb; void* first; size_t n; float load; size_t resize; void* single; } cxx_set;  // std::unordered_set
typedef struct { uintptr_t rep, pad[3]; } cxx_status;  // absl::Status; returned through a hidden pointer
typedef struct { char mem[8192] __attribute__((aligned(16))); void (*destroy)(void*); } message;

static int fail(gotf_res* r, int code, const char* text, const char* arg) {
  size_t n = strlen(text) + strlen(arg) + 1;
  r->code = code;
  r->msg = malloc(n);
  snprintf(r->msg, n, "%s%s", text, arg);
  return 0;
}

static void* want(gotf_res* r, const char* what, const char* name, const char* other) {
  void* p = ctf_symbol(name);
  if (!p && other) p = ctf_symbol(other);
  if (!p) fail(r, 12, what, name);
  return p;
}

// parse makes a protobuf message of class cls, a mangled name, from bytes.
static int parse(message* m, gotf_res* r, const char* cls, const void* p, size_t n) {
  static const char lacks[] = "the library lacks a part of the TFLite converter: ";
  char plain[128], arena[128], dtor[128];
  snprintf(plain, sizeof plain, "_ZN%sC1EPN6google8protobuf5ArenaE", cls);
  snprintf(arena, sizeof arena, "_ZN%sC1EPN6google8protobuf5ArenaEb", cls);
  snprintf(dtor, sizeof dtor, "_ZN%sD1Ev", cls);
  memset(m, 0, sizeof *m);
  bool (*read)(void*, const void*, int) = want(r, lacks, "_ZN6google8protobuf11MessageLite14ParseFromArrayEPKvi", 0);
  if (!read) return 0;
  void (*init)(void*, void*, bool) = want(r, lacks, plain, arena);  // the shorter form ignores the last argument
  if (!init) return 0;
  void (*destroy)(void*) = want(r, lacks, dtor, 0);
  if (!destroy) return 0;
  init(m->mem, 0, false);
  m->destroy = destroy;
  return read(m->mem, p, (int)n) || fail(r, 3, "the flags do not parse: ", cls);
}

static void destroy(message* m) {
  if (m->destroy) m->destroy(m->mem);
}

// take turns what the converter returned into r, and into out where that is ok.
static void take(gotf_res* r, cxx_status st, cxx_string* s, void** out, size_t* n) {
  TF_Status* status = TF_NewStatus();
  *(uintptr_t*)status = st.rep;  // TF_Status begins with an absl::Status, which owns the value from here on
  if (TF_GetCode(status)) {
    fail(r, TF_GetCode(status), TF_Message(status), "");
  } else if ((*out = malloc(s->n ? s->n : 1))) {
    memcpy(*out, s->p, *n = s->n);
  } else {
    fail(r, 8, "no memory for the model", "");
  }
  TF_DeleteStatus(status);
  if (s->p != s->u.local) {
    void (*del)(void*) = want(r, "the library lacks ", "_ZdlPv", 0);
    if (del) del(s->p);
  }
}

gotf_res gotf_convert(const void* model, size_t nmodel, const void* flags, size_t nflags, void** out, size_t* n) {
  gotf_res r = {0};
  cxx_status (*run)(const void*, void*, cxx_string*, const void*) =
      want(&r, "the library has no TFLite converter that gotf knows: it lacks ",
           "_ZN10tensorflow35ConvertSavedModelToTFLiteFlatBufferERKN6tflite10ModelFlagsERNS0_14ConverterFlagsEPNSt7__"
           "cxx1112basic_stringIcSt11char_traitsIcESaIcEEEPKNS_12quantization17PyFunctionLibraryE", 0);
  if (!run) return r;
  message m, c = {0};
  if (parse(&m, &r, "6tflite10ModelFlags", model, nmodel) &&
      parse(&c, &r, "6tflite14ConverterFlags", flags, nflags)) {
    cxx_string s = {s.u.local, 0, {{0}}};
    take(&r, run(m.mem, c.mem, &s, 0), &s, out, n);
  }
  destroy(&c);
  destroy(&m);
  return r;
}

// QUANTIZE is the mangled name of mlir::lite::QuantizeModel, in which a release
// of Abseil shows.
#define QUANTIZE(abseil) \
  "_ZN4mlir4lite13QuantizeModelESt17basic_string_viewIcSt11char_traitsIcEERKN6tflite10TensorTypeES8_S8_RKSt13" \
  "unordered_setINSt7__cxx1112basic_stringIcS3_SaIcEEESt4hashISD_ESt8equal_toISD_ESaISD_EEbbRSD_bbbRKN4absl12lts_" \
  abseil "13flat_hash_setISD_NSO_18container_internal10StringHashENSQ_8StringEqESI_EESV_bbRKSt8optionalIKN10" \
  "tensorflow9converter12DebugOptionsEE"

gotf_res gotf_quantize(const void* model, size_t nmodel, gotf_quantization q, void** out, size_t* n) {
  gotf_res r = {0};
  void* old = ctf_symbol(QUANTIZE("20230802"));
  cxx_status (*run)(cxx_view, const int8_t*, const int8_t*, const int8_t*, const cxx_set*, bool, bool, cxx_string*,
                    bool, bool, bool, const void*, const void*, bool, bool, const void*) =
      old ? old : want(&r, "the library has no TFLite quantizer that gotf knows: it lacks ", QUANTIZE("20250814"), 0);
  if (!run) return r;
  // Three empty containers: which operations to take (all), and which types and
  // names to leave out. Abseil's older one points to a group of control bytes.
  cxx_set names = {.b = &names.single, .nb = 1, .load = 1};
  static const int8_t group[32] = {-1, [1 ... 31] = -128};
  uintptr_t none[8] = {old ? (uintptr_t)group : 0};
  static const char no_debug_options[4096] __attribute__((aligned(16)));  // an empty std::optional
  cxx_string s = {s.u.local, 0, {{0}}};
  cxx_view v = {nmodel, model};
  take(&r, run(v, &q.input, &q.output, &q.inference, &names, q.per_tensor, false, &s, false, false, true, none, none,
               q.variables, q.per_tensor_dense, no_debug_options), &s, out, n);
  return r;
}

#ifndef GOTF_SHIM_H
#define GOTF_SHIM_H
#include "gen_stubs.h"

// An input: a TF_Operation and output index, or a TFE_TensorHandle. Slices of
// addresses of C objects are lent as numbers: cgo would look at each element of
// a slice of pointers, for one of Go's.
typedef struct { uintptr_t p; int32_t i; int32_t pad; } gotf_in;

// All of a tensor's properties; of the dimensions the first few.
#define GOTF_DIMS 8
typedef struct { void* data; size_t nbytes; int32_t dtype, rank; int64_t dims[GOTF_DIMS]; } gotf_info;

typedef struct { TF_Tensor* t; void* data; } gotf_new;

// The result of a batched call. msg is malloc'ed and set when code is not 0. op
// is the TF_Operation made, or the TFE_Op to reuse; nbytes is the size of eager
// results.
typedef struct { int code; char* msg; void* op; int nout; int64_t nbytes; } gotf_res;

gotf_res gotf_graph_op(TF_Graph* g, const char* type, const char* name, const char* dev,
    const gotf_in* ins, const int32_t* counts, int ncounts, void* const* ctrl, int nctrl,
    const uint8_t* at, size_t nat, int32_t* dts, int cap);
gotf_res gotf_eager_op(TFE_Context* c, TFE_Op* op, const char* type, const char* dev,
    const gotf_in* ins, const int32_t* counts, int ncounts, const uint8_t* at, size_t nat,
    uintptr_t* outs, int32_t* dts, int cap, TFE_CancellationManager* cm);
gotf_res gotf_session_run(TF_Session* s, const TF_Buffer* options, const gotf_in* fin, void* const* fv, int nf,
    const gotf_in* fout, void** outv, int no, void* const* targets, int nt, TF_Buffer* metadata);
void gotf_free_handles(const uintptr_t* hs, int n);
gotf_info gotf_tensor_info(TF_Tensor* t);
gotf_new gotf_new_tensor(int32_t dtype, const int64_t* dims, int rank, size_t n);
void gotf_strings(const TF_TString* s, int n, const char** data, size_t* size);

void gotf_sift_stderr(void);
void gotf_sift_stdout(void);
#endif

#ifndef GOTF_CONVERT_H
#define GOTF_CONVERT_H
#include "shim.h"

// gotf_convert converts the SavedModel that a serialised tflite.ModelFlags
// names, as a tflite.ConverterFlags says. *out is malloc'ed when code is 0.
gotf_res gotf_convert(const void* model, size_t nmodel, const void* flags, size_t nflags, void** out, size_t* n);

// gotf_quantize makes an integer model of a TFLite model whose tensors carry
// the ranges they were seen to have. The types are numbers of
// tflite::TensorType. *out is malloc'ed when code is 0.
typedef struct { int8_t input, output, inference; bool per_tensor, variables, per_tensor_dense; } gotf_quantization;
gotf_res gotf_quantize(const void* model, size_t nmodel, gotf_quantization q, void** out, size_t* n);
#endif

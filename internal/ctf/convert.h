#ifndef GOTF_CONVERT_H
#define GOTF_CONVERT_H
#include "shim.h"

// gotf_convert converts the SavedModel that a serialised tflite.ModelFlags
// names, as a tflite.ConverterFlags says. *out is malloc'ed when code is 0.
gotf_res gotf_convert(const void* model, size_t nmodel, const void* flags, size_t nflags, void** out, size_t* n);
#endif

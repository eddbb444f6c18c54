// The types of TFLite's C API that functions.txt uses.
#ifndef GOTF_TFLITE_TYPES_H
#define GOTF_TFLITE_TYPES_H
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct TfLiteModel TfLiteModel;
typedef struct TfLiteInterpreterOptions TfLiteInterpreterOptions;
typedef struct TfLiteInterpreter TfLiteInterpreter;
typedef struct TfLiteSignatureRunner TfLiteSignatureRunner;
typedef struct TfLiteTensor TfLiteTensor; // also TfLiteOpaqueTensor
typedef struct TfLiteDelegate TfLiteDelegate;
typedef int TfLiteStatus;
typedef int TfLiteType;
typedef struct { int size; int data[]; } TfLiteIntArray;
typedef struct { int size; float data[]; } TfLiteFloatArray;
typedef struct { int type; void* params; } TfLiteQuantization; // type 1: affine
typedef struct { TfLiteFloatArray* scale; TfLiteIntArray* zero_point; int32_t quantized_dimension; } TfLiteAffineQuantization;

// The first words of TfLiteXNNPackDelegateOptions, whose layout and size
// differ by version: 32 bytes in 2.18 and 2.19 (flags in word 1), 56 bytes in
// 2.20 (flags in word 2).
typedef struct { int32_t num_threads; uint32_t word1, word2, word3; unsigned char rest[240]; } TfLiteXNNPackOptions;
#endif

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
typedef struct TfLiteOperator TfLiteOperator;
typedef struct TfLiteOpaqueContext TfLiteOpaqueContext;
typedef struct TfLiteOpaqueNode TfLiteOpaqueNode;
typedef struct TfLiteXNNPackDelegateWeightsCache TfLiteXNNPackWeightsCache;
typedef int TfLiteStatus;
typedef int TfLiteType;
typedef struct { int size; int data[]; } TfLiteIntArray;
typedef struct { int size; float data[]; } TfLiteFloatArray;
typedef struct { int type; void* params; } TfLiteQuantization; // type 1: affine
typedef struct { TfLiteFloatArray* scale; TfLiteIntArray* zero_point; int32_t quantized_dimension; } TfLiteAffineQuantization;

// TfLiteTelemetryProfilerStruct. All functions must be set.
typedef struct TfLiteProfiler {
  void* data;
  void (*event)(struct TfLiteProfiler*, const char* name, uint64_t status);
  void (*op_event)(struct TfLiteProfiler*, const char* name, int64_t op, int64_t subgraph, uint64_t status);
  void (*settings)(struct TfLiteProfiler*, const char* name, const void* settings);
  uint32_t (*begin)(struct TfLiteProfiler*, const char* name, int64_t op, int64_t subgraph);
  void (*end)(struct TfLiteProfiler*, uint32_t event);
  void (*invoked)(struct TfLiteProfiler*, const char* name, uint64_t microseconds, int64_t op, int64_t subgraph);
} TfLiteProfiler;

// TfLiteXNNPackDelegateOptions, whose layout and size differ by version: 32
// bytes in 2.18 and 2.19, 56 bytes in 2.20. The rest is room for later ones.
typedef union {
  struct {
    int32_t num_threads;
    uint32_t flags;
    TfLiteXNNPackWeightsCache* weights_cache;
    bool handle_variable_ops;
    const char* weight_cache_file_path;
  } v18;
  struct {
    int32_t num_threads;
    uint32_t runtime_flags, flags;
    TfLiteXNNPackWeightsCache* weights_cache;
    bool handle_variable_ops;
    const char* weight_cache_file_path;
    int weight_cache_file_descriptor;
    void* weight_cache_provider;
  } v20;
  unsigned char bytes[256];
} TfLiteXNNPackOptions;
#endif

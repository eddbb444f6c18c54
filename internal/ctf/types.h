// The types of TensorFlow's C API that functions.txt uses: opaque ones by name
// only, enums as int, and the few structs that are passed by value.
#ifndef GOTF_TF_TYPES_H
#define GOTF_TF_TYPES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct TFE_CancellationManager TFE_CancellationManager;
typedef struct TFE_Context TFE_Context;
typedef int TFE_ContextDevicePlacementPolicy;
typedef struct TFE_ContextOptions TFE_ContextOptions;
typedef struct TFE_Executor TFE_Executor;
typedef struct TFE_Op TFE_Op;
typedef struct TFE_OpAttrs TFE_OpAttrs;
typedef struct TFE_TensorHandle TFE_TensorHandle;
typedef struct TF_ApiDefMap TF_ApiDefMap;
typedef int TF_AttrType;
typedef int TF_Code;
typedef int TF_DataType;
typedef struct TF_DeprecatedSession TF_DeprecatedSession;
typedef struct TF_DeviceList TF_DeviceList;
typedef struct TF_Function TF_Function;
typedef struct TF_FunctionOptions TF_FunctionOptions;
typedef struct TF_Graph TF_Graph;
typedef struct TF_ImportGraphDefOptions TF_ImportGraphDefOptions;
typedef struct TF_ImportGraphDefResults TF_ImportGraphDefResults;
typedef struct TF_Library TF_Library;
typedef struct TF_Operation TF_Operation;
typedef struct TF_OperationDescription TF_OperationDescription;
typedef struct TF_Server TF_Server;
typedef struct TF_Session TF_Session;
typedef struct TF_SessionOptions TF_SessionOptions;
typedef struct TF_Status TF_Status;
typedef struct TF_Tensor TF_Tensor;

typedef struct TF_Buffer { const void* data; size_t length; void (*data_deallocator)(void*, size_t); } TF_Buffer;
typedef struct TF_Input { TF_Operation* oper; int index; } TF_Input;
typedef struct TF_Output { TF_Operation* oper; int index; } TF_Output;
typedef struct TF_AttrMetadata { unsigned char is_list; int64_t list_size; TF_AttrType type; int64_t total_size; } TF_AttrMetadata;
typedef struct TF_TString { uint64_t w[3]; } TF_TString;

#endif

#ifndef GOTF_TFLITE_SHIM_H
#define GOTF_TFLITE_SHIM_H
#include "gen_stubs.h"

// ctflite_reporter keeps what the runtime says, one line each.
typedef struct ctflite_reporter ctflite_reporter;
ctflite_reporter* ctflite_reporter_new(void);
void ctflite_reporter_delete(ctflite_reporter* r);
char* ctflite_reporter_take(ctflite_reporter* r);  // NULL if nothing; free it

typedef struct { TfLiteModel* model; void* data; } ctflite_model;
ctflite_model ctflite_model_new(const void* data, size_t size, ctflite_reporter* r);

TfLiteInterpreter* ctflite_interpreter_new(TfLiteModel* m, int threads, int cancellable, TfLiteDelegate* d, ctflite_reporter* r);
TfLiteDelegate* ctflite_xnnpack_new(int threads);

typedef struct { int type, rank; size_t size; void* data; const char* name; TfLiteAffineQuantization* quant; } ctflite_info;
ctflite_info ctflite_tensor_info(const TfLiteTensor* t);

void ctflite_set_log_severity(int least);
#endif

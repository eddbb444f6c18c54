// The op LogCosh: log(cosh(scale * x)) / scale of each element, without overflow,
// for float and double. It is written to TensorFlow's C API for kernels, whose
// binary form does not change between versions.

#include <cmath>
#include <cstdint>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

namespace {

class Status {
 public:
  Status() : s_(TF_NewStatus()) {}
  ~Status() { TF_DeleteStatus(s_); }
  TF_Status* get() const { return s_; }
  bool ok() const { return TF_GetCode(s_) == TF_OK; }

 private:
  TF_Status* s_;
};

// What one node's kernel knows: its attribute.
struct Kernel {
  float scale;
};

void* Create(TF_OpKernelConstruction* c) {
  Status status;
  auto* k = new Kernel;
  TF_OpKernelConstruction_GetAttrFloat(c, "scale", &k->scale, status.get());
  if (status.ok() && !(k->scale > 0)) {
    TF_SetStatus(status.get(), TF_INVALID_ARGUMENT, "scale must be positive");
  }
  if (!status.ok()) TF_OpKernelConstruction_Failure(c, status.get());
  return k;
}

void Delete(void* k) { delete static_cast<Kernel*>(k); }

template <typename T>
T LogCosh(T x) {
  const T a = std::abs(x);
  return a + std::log1p(std::exp(-2 * a)) - T(0.69314718055994530942);
}

template <typename T>
void Compute(void* kernel, TF_OpKernelContext* c) {
  Status status;
  TF_Tensor* x = nullptr;
  TF_GetInput(c, 0, &x, status.get());
  if (!status.ok()) return TF_OpKernelContext_Failure(c, status.get());

  int64_t dims[254];
  for (int i = 0; i < TF_NumDims(x); i++) dims[i] = TF_Dim(x, i);
  TF_Tensor* y = TF_AllocateOutput(c, 0, TF_TensorType(x), dims, TF_NumDims(x), TF_TensorByteSize(x), status.get());
  if (status.ok()) {
    const T scale = static_cast<Kernel*>(kernel)->scale;
    const T* from = static_cast<const T*>(TF_TensorData(x));
    T* to = static_cast<T*>(TF_TensorData(y));
    for (int64_t i = 0, n = TF_TensorElementCount(x); i < n; i++) to[i] = LogCosh(scale * from[i]) / scale;
    TF_DeleteTensor(y);
  } else {
    TF_OpKernelContext_Failure(c, status.get());
  }
  TF_DeleteTensor(x);
}

// The result has the shape of the input.
void Shape(TF_ShapeInferenceContext* c, TF_Status* status) {
  TF_ShapeHandle* x = TF_NewShapeHandle();
  TF_ShapeInferenceContextGetInput(c, 0, x, status);
  if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSetOutput(c, 0, x, status);
  TF_DeleteShapeHandle(x);
}

template <typename T>
void RegisterKernel(TF_DataType type, const char* name) {
  Status status;
  TF_KernelBuilder* k = TF_NewKernelBuilder("LogCosh", "CPU", &Create, &Compute<T>, &Delete);
  TF_KernelBuilder_TypeConstraint(k, "T", type, status.get());
  if (status.ok()) TF_RegisterKernelBuilder(name, k, status.get());
}

void RegisterOp() {
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder("LogCosh");
  TF_OpDefinitionBuilderAddAttr(op, "T: {float, double}");
  TF_OpDefinitionBuilderAddAttr(op, "scale: float = 1.0");
  TF_OpDefinitionBuilderAddInput(op, "x: T");
  TF_OpDefinitionBuilderAddOutput(op, "y: T");
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, &Shape);
  Status status;
  TF_RegisterOpDefinition(op, status.get());
}

// This runs while the library is loaded.
const bool registered = [] {
  RegisterOp();
  RegisterKernel<float>(TF_FLOAT, "LogCosh float");
  RegisterKernel<double>(TF_DOUBLE, "LogCosh double");
  return true;
}();

}  // namespace

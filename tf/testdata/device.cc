// A pluggable device that computes nothing: memory of the host under the name
// /device:TOY:0, for the test of LoadPluggableDevice. What is enqueued on a
// stream is done at once.

#include <cstdlib>
#include <cstring>

#include "tensorflow/c/experimental/stream_executor/stream_executor.h"

struct SP_Stream_st { int unused; };
struct SP_Event_st { int unused; };
struct SP_Timer_st { int unused; };

static void ok(TF_Status* s) { TF_SetStatus(s, TF_OK, ""); }

// Memory.

static void allocate(const SP_Device* d, uint64_t size, int64_t space, SP_DeviceMemoryBase* m) {
  m->struct_size = SP_DEVICE_MEMORY_BASE_STRUCT_SIZE;
  m->opaque = aligned_alloc(64, (size + 63) / 64 * 64);
  m->size = size;
}

static void deallocate(const SP_Device* d, SP_DeviceMemoryBase* m) {
  free(m->opaque);
  m->opaque = nullptr;
  m->size = 0;
}

static void* host_allocate(const SP_Device* d, uint64_t size) { return aligned_alloc(64, (size + 63) / 64 * 64); }
static void host_deallocate(const SP_Device* d, void* p) { free(p); }
static TF_Bool no_stats(const SP_Device* d, SP_AllocatorStats* s) { return 0; }

static TF_Bool usage(const SP_Device* d, int64_t* available, int64_t* total) {
  *available = *total = int64_t{1} << 30;
  return 1;
}

// Streams, events and timers.

static void create_stream(const SP_Device* d, SP_Stream* p, TF_Status* s) { *p = new SP_Stream_st; ok(s); }
static void destroy_stream(const SP_Device* d, SP_Stream p) { delete p; }
static void depend(const SP_Device* d, SP_Stream a, SP_Stream b, TF_Status* s) { ok(s); }
static void stream_status(const SP_Device* d, SP_Stream p, TF_Status* s) { ok(s); }

static void create_event(const SP_Device* d, SP_Event* e, TF_Status* s) { *e = new SP_Event_st; ok(s); }
static void destroy_event(const SP_Device* d, SP_Event e) { delete e; }
static SE_EventStatus event_status(const SP_Device* d, SP_Event e) { return SE_EVENT_COMPLETE; }
static void on_event(const SP_Device* d, SP_Stream p, SP_Event e, TF_Status* s) { ok(s); }
static void block_for_event(const SP_Device* d, SP_Event e, TF_Status* s) { ok(s); }
static void block_until_done(const SP_Device* d, SP_Stream p, TF_Status* s) { ok(s); }
static void synchronize(const SP_Device* d, TF_Status* s) { ok(s); }

static void create_timer(const SP_Device* d, SP_Timer* t, TF_Status* s) { *t = new SP_Timer_st; ok(s); }
static void destroy_timer(const SP_Device* d, SP_Timer t) { delete t; }
static void on_timer(const SP_Device* d, SP_Stream p, SP_Timer t, TF_Status* s) { ok(s); }
static uint64_t nanoseconds(SP_Timer t) { return 0; }

static TF_Bool host_callback(const SP_Device* d, SP_Stream p, SE_StatusCallbackFn f, void* arg) {
  TF_Status* s = TF_NewStatus();
  f(arg, s);
  TF_DeleteStatus(s);
  return 1;
}

// Copies.

static void dtoh(const SP_Device* d, SP_Stream p, void* to, const SP_DeviceMemoryBase* from, uint64_t n, TF_Status* s) {
  memcpy(to, from->opaque, n);
  ok(s);
}
static void htod(const SP_Device* d, SP_Stream p, SP_DeviceMemoryBase* to, const void* from, uint64_t n, TF_Status* s) {
  memcpy(to->opaque, from, n);
  ok(s);
}
static void dtod(const SP_Device* d, SP_Stream p, SP_DeviceMemoryBase* to, const SP_DeviceMemoryBase* from, uint64_t n, TF_Status* s) {
  memcpy(to->opaque, from->opaque, n);
  ok(s);
}
static void sync_dtoh(const SP_Device* d, void* to, const SP_DeviceMemoryBase* from, uint64_t n, TF_Status* s) { dtoh(d, nullptr, to, from, n, s); }
static void sync_htod(const SP_Device* d, SP_DeviceMemoryBase* to, const void* from, uint64_t n, TF_Status* s) { htod(d, nullptr, to, from, n, s); }
static void sync_dtod(const SP_Device* d, SP_DeviceMemoryBase* to, const SP_DeviceMemoryBase* from, uint64_t n, TF_Status* s) { dtod(d, nullptr, to, from, n, s); }

static void set8(const SP_Device* d, SP_Stream p, SP_DeviceMemoryBase* m, uint8_t v, uint64_t n, TF_Status* s) {
  memset(m->opaque, v, n);
  ok(s);
}
static void zero(const SP_Device* d, SP_Stream p, SP_DeviceMemoryBase* m, uint64_t n, TF_Status* s) { set8(d, p, m, 0, n, s); }
static void set32(const SP_Device* d, SP_Stream p, SP_DeviceMemoryBase* m, uint32_t v, uint64_t n, TF_Status* s) {
  for (uint64_t i = 0; i < n / 4; i++) static_cast<uint32_t*>(m->opaque)[i] = v;
  ok(s);
}

// The platform.

static void device_count(const SP_Platform* p, int* n, TF_Status* s) { *n = 1; ok(s); }

static void create_device(const SP_Platform* p, SE_CreateDeviceParams* c, TF_Status* s) {
  c->device->struct_size = SP_DEVICE_STRUCT_SIZE;
  c->device->ordinal = c->ordinal;
  c->device->hardware_name = "toy";
  c->device->device_vendor = "gotf";
  c->device->pci_bus_id = "0000:00:00.0";
  ok(s);
}
static void destroy_device(const SP_Platform* p, SP_Device* d) {}

static void create_device_fns(const SP_Platform* p, SE_CreateDeviceFnsParams* c, TF_Status* s) {
  c->device_fns->struct_size = SP_DEVICE_FNS_STRUCT_SIZE;
  ok(s);
}
static void destroy_device_fns(const SP_Platform* p, SP_DeviceFns* f) {}

static void create_executor(const SP_Platform* p, SE_CreateStreamExecutorParams* c, TF_Status* s) {
  *c->stream_executor = SP_StreamExecutor{
      .struct_size = SP_STREAMEXECUTOR_STRUCT_SIZE,
      .allocate = allocate, .deallocate = deallocate,
      .host_memory_allocate = host_allocate, .host_memory_deallocate = host_deallocate,
      .get_allocator_stats = no_stats, .device_memory_usage = usage,
      .create_stream = create_stream, .destroy_stream = destroy_stream,
      .create_stream_dependency = depend, .get_stream_status = stream_status,
      .create_event = create_event, .destroy_event = destroy_event, .get_event_status = event_status,
      .record_event = on_event, .wait_for_event = on_event,
      .create_timer = create_timer, .destroy_timer = destroy_timer, .start_timer = on_timer, .stop_timer = on_timer,
      .memcpy_dtoh = dtoh, .memcpy_htod = htod, .memcpy_dtod = dtod,
      .sync_memcpy_dtoh = sync_dtoh, .sync_memcpy_htod = sync_htod, .sync_memcpy_dtod = sync_dtod,
      .block_host_for_event = block_for_event, .block_host_until_done = block_until_done,
      .synchronize_all_activity = synchronize,
      .mem_zero = zero, .memset = set8, .memset32 = set32, .host_callback = host_callback,
  };
  ok(s);
}
static void destroy_executor(const SP_Platform* p, SP_StreamExecutor* e) {}

static void create_timer_fns(const SP_Platform* p, SP_TimerFns* t, TF_Status* s) {
  t->struct_size = SP_TIMER_FNS_STRUCT_SIZE;
  t->nanoseconds = nanoseconds;
  ok(s);
}
static void destroy_timer_fns(const SP_Platform* p, SP_TimerFns* t) {}

static void destroy_platform(SP_Platform* p) {}
static void destroy_platform_fns(SP_PlatformFns* f) {}

extern "C" void SE_InitPlugin(SE_PlatformRegistrationParams* r, TF_Status* s) {
  r->platform->struct_size = SP_PLATFORM_STRUCT_SIZE;
  r->platform->name = "TOY";
  r->platform->type = "TOY";
  r->platform_fns->struct_size = SP_PLATFORM_FNS_STRUCT_SIZE;
  r->platform_fns->get_device_count = device_count;
  r->platform_fns->create_device = create_device;
  r->platform_fns->destroy_device = destroy_device;
  r->platform_fns->create_device_fns = create_device_fns;
  r->platform_fns->destroy_device_fns = destroy_device_fns;
  r->platform_fns->create_stream_executor = create_executor;
  r->platform_fns->destroy_stream_executor = destroy_executor;
  r->platform_fns->create_timer_fns = create_timer_fns;
  r->platform_fns->destroy_timer_fns = destroy_timer_fns;
  r->destroy_platform = destroy_platform;
  r->destroy_platform_fns = destroy_platform_fns;
  ok(s);
}

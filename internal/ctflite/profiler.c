//go:build linux && amd64 && cgo

#include "shim.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define HIDDEN __attribute__((visibility("hidden")))

#define NOT_KEPT UINT32_MAX  // end() is not told of it

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static ctflite_event* add(ctflite_profiler* p, const char* name, int64_t op, int64_t subgraph, int32_t inside) {
  if (p->n == p->room) {
    size_t room = p->room ? 2 * p->room : 256;
    ctflite_event* e = realloc(p->events, room * sizeof *e);
    if (!e) return 0;
    p->events = e;
    p->room = room;
  }
  ctflite_event* e = &p->events[p->n++];
  e->op = op;
  e->subgraph = subgraph;
  e->inside = inside;
  e->nanoseconds = 0;
  snprintf(e->name, sizeof e->name, "%s", name ? name : "");
  return e;
}

static uint32_t begin(TfLiteProfiler* c, const char* name, int64_t op, int64_t subgraph) {
  ctflite_profiler* p = c->data;
  ctflite_event* e = add(p, name, op, subgraph, p->open);
  if (!e) return NOT_KEPT;
  p->open = (int32_t)(p->n - 1);
  p->step = p->part = -1;
  e->start = p->last = now();
  return (uint32_t)(p->n - 1);
}

static void end(TfLiteProfiler* c, uint32_t event) {
  uint64_t t = now();
  ctflite_profiler* p = c->data;
  if (event >= p->n) return;
  p->events[event].nanoseconds = t - p->events[event].start;
  p->open = p->events[event].inside;
  p->step = p->part = -1;
  p->last = t;
}

// invoked is called for each step of a delegate, in their order, when the
// delegate has finished all. The delegate itself reports nothing.
static void invoked(TfLiteProfiler* c, const char* name, uint64_t microseconds, int64_t op, int64_t subgraph) {
  uint64_t t = now();
  ctflite_profiler* p = c->data;
  if (p->part < 0 || op <= p->step) {
    ctflite_event* part = add(p, "", -1, -1, p->open);
    if (!part) return;
    part->nanoseconds = t - p->last;
    p->part = (int32_t)(p->n - 1);
  }
  ctflite_event* e = add(p, name, op, -1, p->part);
  if (!e) return;
  e->nanoseconds = 1000 * microseconds;
  p->step = op;
  p->last = now();
}

static void event(TfLiteProfiler* c, const char* name, uint64_t status) {}
static void op_event(TfLiteProfiler* c, const char* name, int64_t op, int64_t subgraph, uint64_t status) {}
static void settings(TfLiteProfiler* c, const char* name, const void* s) {}

HIDDEN ctflite_profiler* ctflite_profiler_new(void) {
  ctflite_profiler* p = calloc(1, sizeof *p);
  p->callbacks = (TfLiteProfiler){p, event, op_event, settings, begin, end, invoked};
  ctflite_profiler_start(p);
  return p;
}

HIDDEN void ctflite_profiler_start(ctflite_profiler* p) {
  p->n = 0;
  p->open = p->part = p->step = -1;
  p->last = now();
}

HIDDEN void ctflite_profiler_delete(ctflite_profiler* p) {
  free(p->events);
  free(p);
}

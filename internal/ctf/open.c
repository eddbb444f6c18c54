//go:build linux && amd64 && cgo

#define _GNU_SOURCE
#include "shim.h"

#include <ctype.h>
#include <stdio.h>
#include <unistd.h>
#define HID __attribute__((visibility("hidden")))

// The library holds several copies of a logger, all of which write to the C
// stream stderr. gotf_sift_stderr puts a stream in its place that hands lines in
// a logger's format to Go, up to errors, which are returned as well; all else goes
// through.
extern void gotfLog(char* line);

static int digits(const char* p, size_t n, const char* form) {
  for (size_t i = 0; form[i]; i++)
    if (i >= n || (form[i] == '0' ? !isdigit((unsigned char)p[i]) : p[i] != form[i])) return 0;
  return 1;
}

static int is_log(const char* p, size_t n) {
  const char* pre = "WARNING: All log messages before absl";
  if (n > strlen(pre) && !memcmp(p, pre, strlen(pre))) return 1;
  if (n > 6 && strchr("IWE", *p) && digits(p + 1, n - 1, "0000 00:00:")) return 1;           // absl
  return digits(p, n, "0000-00-00 00:00:00.000000: ") && n > 29 && strchr("IWE", p[28]);  // tsl
}

static ssize_t sift(void* cookie, const char* p, size_t n) {
  if (!is_log(p, n)) return write(2, p, n);
  char* line = strndup(p, n);
  if (line) gotfLog(line);
  free(line);
  return n;
}

HID void gotf_sift_stderr(void) {
  FILE* f = fopencookie(0, "w", (cookie_io_functions_t){.write = sift});
  if (!f) return;
  setvbuf(f, 0, _IONBF, 0);
  stderr = f;
}

// With log_device_placement sessions print to the C stream stdout what they log
// as well. gotf_sift_stdout puts a stream in its place that drops it: a line
// "y: (Exp): /job:..." for each operation, and those of the devices.
static int is_placement(const char* p, size_t n) {
  const char* mapping = "Device mapping:";
  if (n > strlen(mapping) && !memcmp(p, mapping, strlen(mapping))) return 1;
  const char *end = p + n, *type = memmem(p, n, ": (", 3);
  if (!type || memchr(p, ' ', type - p) || memchr(p, '\n', type - p)) return 0;
  for (p = type + 3; p < end && (isalnum((unsigned char)*p) || *p == '_' || *p == '>'); p++) {}
  const char* job = "): /job:";
  return (size_t)(end - p) > strlen(job) && !memcmp(p, job, strlen(job));
}

static ssize_t sift_placement(void* cookie, const char* p, size_t n) {
  return is_placement(p, n) ? (ssize_t)n : write(1, p, n);
}

HID void gotf_sift_stdout(void) {
  FILE* f = fopencookie(0, "w", (cookie_io_functions_t){.write = sift_placement});
  if (!f) return;
  setvbuf(f, 0, _IONBF, 0);
  fflush(stdout);
  stdout = f;
}

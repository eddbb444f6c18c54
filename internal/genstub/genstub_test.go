package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseProto(t *testing.T) {
	for _, tc := range []struct{ name, in, decl, signature string }{
		{
			name:      "pointers",
			in:        "const char * TF_Name( const TF_X *x , const void* const *values );",
			decl:      "const char* TF_Name(const TF_X* x, const void* const* values)",
			signature: "const char* TF_Name(const TF_X*, const void* const*)",
		},
		{
			name:      "no names",
			in:        "void F(TF_Status*, unsigned char, TF_Output, bool)",
			decl:      "void F(TF_Status*, unsigned char, TF_Output, bool)",
			signature: "void F(TF_Status*, unsigned char, TF_Output, bool)",
		},
		{
			name:      "callback",
			in:        "T* F(int n, void (*free)(void* data, size_t len), void* arg)",
			decl:      "T* F(int n, void (*free)(void*, size_t), void* arg)",
			signature: "T* F(int, void (*)(void*, size_t), void*)",
		},
		{name: "void", in: "int F(void)", decl: "int F(void)", signature: "int F()"},
		{name: "empty", in: "int F()", decl: "int F(void)", signature: "int F()"},
		{
			name:      "const value and array",
			in:        "void F(const int n, int dims[], const int* p)",
			decl:      "void F(const int n, int* dims, const int* p)",
			signature: "void F(int, int*, const int*)",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, err := parseProto(tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Decl(); got != tc.decl {
				t.Errorf("declaration %q, want %q", got, tc.decl)
			}
			if got := p.signature(); got != tc.signature {
				t.Errorf("signature %q, want %q", got, tc.signature)
			}
		})
	}
}

func TestTableErrors(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"not a prototype", "int x;", "not a C prototype"},
		{"no name", "int F(int)", `functions.txt:1: F: parameter "int" has no name`},
		{"twice", "int F(void)\nint F(int a)", "functions.txt:2: F is declared twice"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := write(t, t.TempDir(), "functions.txt", tc.text)
			if _, err := readTable(path); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error %v, want %q", err, tc.want)
			}
		})
	}
}

const (
	testTypes = "typedef struct Status { int code; char text[99]; } Status;\ntypedef struct Pair { int a, b; } Pair;\n"

	testTable = `
! const char* Version(void)
! void SetStatus(Status* s, int code, const char* text)
int Add(int a, int b)         # there
Pair Gone(int a)              # lacking
int GoneToo(int a, Status* s) # lacking, tells
`
	testLibrary = `
#include "types.h"
#include <string.h>
const char* Version(void) { return "1.2"; }
void SetStatus(Status* s, int code, const char* text) { s->code = code; strcpy(s->text, text); }
int Add(int a, int b) { return a + b; }
`
	testMain = `
#include "gen_stubs.h"
#include <stdio.h>
int main(int argc, char** argv) {
  char* why = t_open(argv[1]);
  if (why) return puts(why), 1;
  Status s = {0};
  int five = Add(2, 3), zero = GoneToo(1, &s);
  printf("%d %d %d %d %s\n", five, Gone(1).b, zero, s.code, s.text);
  printf("%d %d %s %s %d\n", t_has("Add"), t_has("Gone"), t_missing(0), t_missing(1), t_missing(2) == 0);
  printf("%d %d\n", t_symbol("Add") != 0, t_symbol("Other") != 0);
}
`
)

// TestStubs compiles generated stubs and opens a library that lacks two
// functions, one that lacks a required function, and none.
func TestStubs(t *testing.T) {
	cc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("gcc is not installed")
	}
	dir := t.TempDir()
	write(t, dir, "types.h", "#pragma once\n"+testTypes)
	write(t, dir, "functions.txt", testTable)
	write(t, dir, "main.c", testMain)
	write(t, dir, "good.c", testLibrary)
	write(t, dir, "bad.c", "const char* Version(void) { return \"0.9\"; }\n")
	if err := run([]string{"stubs", "-dir", dir, "-prefix", "t", "-library", "Test", "-version", "Version",
		"-status", "Status", "-set-status", "SetStatus"}, nil); err != nil {
		t.Fatal(err)
	}
	compile := func(args ...string) {
		t.Helper()
		cmd := exec.Command(cc, append([]string{"-Wall", "-Werror"}, args...)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	compile("-o", "main", "main.c", "gen_stubs.c", "-ldl")
	compile("-shared", "-fPIC", "-o", "good.so", "good.c")
	compile("-shared", "-fPIC", "-o", "bad.so", "bad.c")

	for _, tc := range []struct{ library, want string }{
		{"good.so", "5 0 0 12 GoneToo is not in Test 1.2\n1 0 Gone GoneToo 1\n1 0\n"},
		{"bad.so", "bad.so: SetStatus is not in Test 0.9\n"},
		{"none.so", "none.so: cannot open shared object file: No such file or directory\n"},
	} {
		t.Run(tc.library, func(t *testing.T) {
			out, _ := exec.Command(filepath.Join(dir, "main"), filepath.Join(dir, tc.library)).Output()
			if got := strings.ReplaceAll(string(out), dir+"/", ""); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestLoaderFunctionsMustBeRequired(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "functions.txt", "const char* Version(void)\n")
	err := run([]string{"stubs", "-dir", dir, "-prefix", "t", "-library", "Test", "-version", "Version"}, nil)
	if want := `Version must be in the table of functions, marked "!"`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
}

// TestHeaders compares the tables with the headers of the wheels.
func TestHeaders(t *testing.T) {
	dirs := cachedHeaders()
	if list := os.Getenv("GOTF_HEADERS"); list != "" {
		dirs = filepath.SplitList(list)
	}
	if len(dirs) == 0 {
		t.Skip("no TensorFlow headers: GOTF_HEADERS is empty and the cache holds none")
	}
	var out bytes.Buffer
	if err := run(append([]string{"check", "-in", "../ctf/functions.txt"}, dirs...), &out); err != nil {
		t.Fatal(err)
	}
	t.Log(out.String())
}

func TestCheckNamesWhatDiffers(t *testing.T) {
	include := t.TempDir()
	write(t, filepath.Join(include, "tensorflow", "c"), "c_api.h", `
/* TF_CAPI_EXPORT extern int TF_Commented(void); */
TF_CAPI_EXPORT extern void TF_Same(TF_Graph*,
                                   const int n);  // twice
TF_CAPI_EXPORT extern int TF_Changed(int64_t n);
`)
	table := write(t, t.TempDir(), "functions.txt", "void TF_Same(TF_Graph* g, int n)\nint TF_Changed(int n)\nint TF_Commented(void)\n")
	err := run([]string{"check", "-in", table, include}, nil)
	want := include + `: TF_Changed differs: header has "int TF_Changed(int64_t)", table has "int TF_Changed(int)"` + "\n" +
		include + ": TF_Commented is in no header"
	if err == nil || err.Error() != want {
		t.Errorf("error:\n%v\nwant:\n%s", err, want)
	}
}

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

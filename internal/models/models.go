// Package models finds other people's models, which scripts/data models fetches
// into the user's cache folder: those of mediapipe, basic_pitch and fer. Only
// tests and scripts/benchmark use it.
package models

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Dir is the folder that they are in, gotf/data/models in [os.UserCacheDir].
func Dir() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "gotf", "data", "models")
	if _, err := os.Stat(dir); err != nil {
		return "", fmt.Errorf("%w; fetch the models with: scripts/data models", err)
	}
	return dir, nil
}

// Path is that of a file or folder among them, such as
// "mediapipe/hand_landmark/hand_landmark_full.tflite" or "basic_pitch/nmp", which
// is a SavedModel. If it is not there the test fails.
func Path(t testing.TB, name string) string {
	t.Helper()
	dir, err := Dir()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v; fetch the models with: scripts/data models", err)
	}
	return path
}

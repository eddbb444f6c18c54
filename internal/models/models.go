// Package models finds other people's models, which scripts/data models fetches
// into the user's cache folder: those of mediapipe, basic_pitch and fer. Only
// scripts/benchmark uses it.
package models

import (
	"fmt"
	"os"
	"path/filepath"
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

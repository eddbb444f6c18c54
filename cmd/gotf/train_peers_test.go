//go:build peers

package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestTrainPeers lets Python's Keras take over what gotf train wrote.
func TestTrainPeers(t *testing.T) {
	data := smallDigits(t, 70, 28, 28, tenClasses)
	for _, version := range []string{"2.18.0", "2.21.0"} {
		python := peer(t, version)
		for _, model := range presetNames() {
			t.Run(version+"/"+model, func(t *testing.T) {
				dir := trained(t, "--model", model, "--data", data, "--epochs", "2")
				if report, err := exec.Command(python, "../../scripts/peers/training.py", dir, "2").CombinedOutput(); err != nil {
					t.Errorf("%v\n%s", err, report)
				}
			})
		}
	}
}

// peer is a Python with TensorFlow: the one that GOTF_PEER_2_18_0 or
// GOTF_PEER_2_21_0 names, or that scripts/venv makes.
func peer(t *testing.T, version string) string {
	t.Helper()
	if python := os.Getenv("GOTF_PEER_" + strings.ReplaceAll(version, ".", "_")); python != "" {
		return python
	}
	path, err := exec.Command("../../scripts/venv", version).Output()
	if err != nil {
		t.Fatalf("scripts/venv %s: %v", version, err)
	}
	return strings.TrimSpace(string(path))
}

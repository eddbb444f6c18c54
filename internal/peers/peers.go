// Package peers runs Python TensorFlow, for live comparisons with it: the
// programs of scripts/peers with the Pythons that scripts/venv makes.
//
// Only tests, with GOTF_PEERS=1, and scripts/benchmark use it.
package peers

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Versions are those of TensorFlow that tests compare with.
var Versions = []string{"2.18.0", "2.21.0"}

// Peer is a Python with TensorFlow.
type Peer struct {
	Version string // of TensorFlow
	python  string
}

// Each runs f as a subtest for each version. It skips the test unless
// GOTF_PEERS=1, as make test-peers sets it; a Python that is not there then is
// a failure.
func Each(t *testing.T, f func(t *testing.T, p Peer)) {
	if os.Getenv("GOTF_PEERS") != "1" {
		t.Skip("compares with Python TensorFlow: run make test-peers, or set GOTF_PEERS=1")
	}
	for _, version := range Versions {
		t.Run(version, func(t *testing.T) {
			python, err := Python(version)
			if err != nil {
				t.Fatal(err)
			}
			f(t, Peer{version, python})
		})
	}
}

// Check runs a program of scripts/peers, which fails, and with it the test, if
// something is wrong or it prints nothing.
func (p Peer) Check(t *testing.T, script string, args ...string) {
	t.Helper()
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	out, err := output(exec.Command(p.python, append([]string{filepath.Join(root, "scripts", "peers", script)}, args...)...))
	if err != nil {
		t.Errorf("%s: %v", script, err)
	} else if out == "" {
		t.Errorf("%s printed nothing", script)
	}
}

// Python is the path of a Python with a version of TensorFlow: the one that
// GOTF_PEER_2_18_0 (or that of another version) names, or the one that
// scripts/venv makes, which takes minutes.
func Python(version string) (string, error) {
	if python := os.Getenv("GOTF_PEER_" + strings.ReplaceAll(version, ".", "_")); python != "" {
		return python, nil
	}
	root, err := Root()
	if err != nil {
		return "", err
	}
	path, err := output(exec.Command(filepath.Join(root, "scripts", "venv"), version))
	if err != nil {
		return "", fmt.Errorf("no Python with TensorFlow %s: %w (scripts/venv %s makes one)", version, err, version)
	}
	return strings.TrimSpace(path), nil
}

// output is what a program prints; the error holds the rest it said.
func output(cmd *exec.Cmd) (string, error) {
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s%s", filepath.Base(cmd.Args[0]), err, out, stderr.String())
	}
	return string(out), nil
}

// Root is the folder of this module, seen from the working directory.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("the working directory is not in gotf's repository")
		}
		dir = filepath.Dir(dir)
	}
}

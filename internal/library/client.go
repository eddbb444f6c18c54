package library

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	thirdparty "github.com/gotf/gotf/third_party"
)

// mavenPlugin copies one artifact out of a repository.
const mavenPlugin = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"

// errNoPip marks a Python without pip, which says noPip.
var errNoPip = errors.New("no pip")

const noPip = "No module named pip"

// fetchPip downloads wheel a into dir with the first pip that runs. The tags
// are all given, so that any pip on any Python gets the same file.
func fetchPip(ctx context.Context, a thirdparty.Archive, dir string) error {
	args := []string{"download", "--quiet", "--disable-pip-version-check", "--no-input", "--no-cache-dir",
		"--no-deps", "--only-binary=:all:", "--python-version", a.Python, "--implementation", a.Implementation, "--abi", a.ABI}
	for _, p := range a.Platforms {
		args = append(args, "--platform", p)
	}
	args = append(args, "--dest", dir, a.Package+"=="+a.Version)

	var lacks []string
	for _, pip := range [][]string{{"python3", "-m", "pip"}, {"pip3"}, {"python", "-m", "pip"}} {
		err := runClient(ctx, dir, pip[0], slices.Concat(pip[1:], args)...)
		switch {
		case errors.Is(err, exec.ErrNotFound):
			lacks = append(lacks, pip[0]+" is not in PATH")
		case errors.Is(err, errNoPip):
			lacks = append(lacks, pip[0]+" has no pip")
		default:
			return err
		}
	}
	return fmt.Errorf("needs Python 3 with pip: %s; on Debian: apt-get install python3-pip", strings.Join(lacks, ", "))
}

// fetchMaven copies jar a into dir.
func fetchMaven(ctx context.Context, a thirdparty.Archive, dir string) error {
	err := runClient(ctx, dir, "mvn", "-B", "-q", mavenPlugin,
		"-Dartifact="+a.Package+":"+a.Version+":jar:"+a.Classifier, "-DoutputDirectory="+dir)
	if errors.Is(err, exec.ErrNotFound) {
		return errors.New("needs Maven: mvn is not in PATH; on Debian: apt-get install maven")
	}
	return err
}

// runClient runs a program in dir, with its temporary files there too, and
// makes its own error line the error.
func runClient(ctx context.Context, dir, name string, args ...string) error {
	exe, err := exec.LookPath(name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, exec.ErrNotFound)
	}
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, exe, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TMPDIR="+dir)
	cmd.Stdout, cmd.Stderr = &out, &out
	stopGroup(cmd)
	if err = cmd.Run(); err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if strings.Contains(out.String(), noPip) {
		return fmt.Errorf("%s: %w", name, errNoPip)
	}
	return fmt.Errorf("%s failed: %s", name, cmdError(out.String(), err))
}

// cmdError picks the line of a client's output that says what went wrong.
func cmdError(out string, err error) string {
	last := err.Error()
	for line := range strings.Lines(out) {
		line = strings.TrimSpace(line)
		for _, mark := range []string{"ERROR: ", "[ERROR] "} {
			if text, ok := strings.CutPrefix(line, mark); ok && text != "" {
				return text
			}
		}
		if line != "" {
			last = line
		}
	}
	return last
}

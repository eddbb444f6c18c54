package damage

import (
	"bufio"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// variable tells the child what to do.
const variable = "GOTF_TEST_DAMAGE"

// RoundsVariable may hold another number of rounds, to look longer.
const RoundsVariable = "GOTF_TEST_DAMAGE_ROUNDS"

// Test gives damaged copies of a SavedModel to use, in a process of its own,
// and fails if one ends that process. TestMain must call [Main].
func Test(t *testing.T, model string, rounds int) {
	if n, err := strconv.Atoi(os.Getenv(RoundsVariable)); err == nil {
		rounds = n
	}
	for next := 0; next < rounds; {
		reached, words := child(t, model, next, rounds)
		if reached < rounds {
			t.Errorf("round %d ended the process: %s", reached, words)
		}
		next = reached + 1
	}
}

// child runs rounds from first on. It returns the one that ended the process
// and its last words, or rounds.
func child(t *testing.T, model string, first, rounds int) (reached int, words string) {
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d,%d,%s,%s", variable, first, rounds, t.TempDir(), model))
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	const patience = time.Minute
	watchdog := time.AfterFunc(patience, func() { cmd.Process.Kill() })
	defer watchdog.Stop()
	reached = first
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if n, err := strconv.Atoi(lines.Text()); err == nil {
			reached = n
			watchdog.Reset(patience)
		}
	}
	if cmd.Wait() == nil {
		return rounds, ""
	}
	return reached, lastWords(errs.String())
}

// lastWords cuts what a process said to where it says why it ends.
func lastWords(s string) string {
	for _, sign := range []string{"\nSIG", "\nfatal error", "\npanic", "\nF0", "Check failed"} {
		if i := strings.Index(s, sign); i >= 0 {
			return s[max(0, i-200):min(len(s), i+2000)]
		}
	}
	return s[max(0, len(s)-2000):]
}

// Main does the child's part, if this process is one, and ends it. use is given
// folders with damaged models.
func Main(use func(dir string)) {
	arg, ok := os.LookupEnv(variable)
	if !ok {
		return
	}
	var first, rounds int
	parts := strings.SplitN(arg, ",", 4)
	first, _ = strconv.Atoi(parts[0])
	rounds, _ = strconv.Atoi(parts[1])
	dir := filepath.Join(parts[2], "model")
	if err := os.CopyFS(dir, os.DirFS(parts[3])); err != nil {
		panic(err)
	}
	for i := first; i < rounds; i++ {
		fmt.Println(i)
		round(dir, rand.New(rand.NewSource(int64(i))), use)
	}
	os.Exit(0)
}

func round(dir string, rng *rand.Rand, use func(string)) {
	file, change := "saved_model.pb", Message
	switch rng.Intn(6) {
	case 0, 1:
		change = Bytes
	case 2:
		file, change = "variables/variables.index", Bytes
	case 3:
		file, change = "variables/variables.data-00000-of-00001", Bytes
	}
	path := filepath.Join(dir, file)
	whole, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	if err := os.WriteFile(path, change(rng, whole), 0o644); err != nil {
		panic(err)
	}
	use(dir)
	if err := os.WriteFile(path, whole, 0o644); err != nil {
		panic(err)
	}
}

package tflite_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gotf/gotf/internal/leaktest"
	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/internal/verify"
)

const childEnv = "GOTF_TFLITE_DAMAGE_CHILD"

// TestDamaged mutates the models. What the check lets through is loaded and
// run in a child process, which must survive.
func TestDamaged(t *testing.T) {
	if os.Getenv(childEnv) != "" {
		runDamaged(os.Stdin, os.Stdout)
		os.Exit(0)
	}
	rounds := 200
	if testing.Short() {
		rounds = 40
	}
	damaged(t, modelFiles(t), rounds, 0)
}

// TestLongDamaged tries more than 10,000 mutations.
func TestLongDamaged(t *testing.T) {
	leaktest.Long(t)
	files := modelFiles(t)
	damaged(t, files, 12000/len(files)+1, 1<<20)
}

func modelFiles(t *testing.T) []string {
	files, err := filepath.Glob(filepath.Join(models, "*.tflite"))
	more, _ := filepath.Glob(filepath.Join(models, "features", "[crs]*.tflite")) // no Flex
	if files = append(files, more...); err != nil || len(files) < 12 {
		t.Fatalf("%d models: %v", len(files), err)
	}
	return files
}

func damaged(t *testing.T, files []string, rounds int, seeds uint64) {
	c := &child{t: t}
	defer c.stop()
	var refused, large, ran, failed int
	for _, file := range files {
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(rounds) {
			r := rand.New(rand.NewPCG(seeds+seed, uint64(len(whole))))
			change := mutate
			if seed%2 == 1 {
				change = mutateField
			}
			data, how := change(whole, r)
			facts, err := verify.Model(data)
			if err != nil {
				refused++
				continue
			}
			if facts.Largest > 1<<22 {
				large++ // as good as a sound model, but slow
				continue
			}
			switch answer, err := c.ask(data); {
			case err != nil:
				t.Errorf("%s, seed %d (%s): the process died: %v", filepath.Base(file), seeds+seed, how, err)
			case answer == "ok":
				ran++
			default:
				failed++
			}
		}
	}
	t.Logf("%d refused by the check, %d by the runtime, %d ran, %d too large to try", refused, failed, ran, large)
	if refused == 0 || ran == 0 {
		t.Error("the mutations prove nothing")
	}
}

// mutate damages a copy of data and says how.
func mutate(data []byte, r *rand.Rand) ([]byte, string) {
	out := append([]byte(nil), data...)
	at := r.IntN(len(out) - 4)
	switch r.IntN(5) {
	case 0:
		n := r.IntN(len(out))
		return out[:n], fmt.Sprintf("cut to %d", n)
	case 1:
		bit := r.IntN(8)
		out[at] ^= 1 << bit
		return out, fmt.Sprintf("bit %d of byte %d", bit, at)
	case 2:
		out[at] = byte(r.Uint32())
		return out, fmt.Sprintf("byte %d is %d", at, out[at])
	case 3:
		at &^= 3
		v := []uint32{0, 1, 2, 0x7fffffff, 0x80000000, 0xffffffff, uint32(len(out)), r.Uint32()}[r.IntN(8)]
		binary.LittleEndian.PutUint32(out[at:], v)
		return out, fmt.Sprintf("word at %d is %#x", at, v)
	}
	for range 4 {
		out[r.IntN(len(out))] ^= 1 << r.IntN(8)
	}
	return out, "four bits"
}

// child is the process that runs models; it is started again when it dies.
type child struct {
	t    *testing.T
	cmd  *exec.Cmd
	to   io.WriteCloser
	from *bufio.Reader
	said *strings.Builder
}

func (c *child) start() {
	c.t.Helper()
	c.cmd = exec.Command(os.Args[0], "-test.run=^TestDamaged$")
	c.cmd.Env = append(os.Environ(), childEnv+"=1")
	c.said = &strings.Builder{}
	c.cmd.Stderr = c.said
	to, err := c.cmd.StdinPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	from, err := c.cmd.StdoutPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.to, c.from = to, bufio.NewReader(from)
}

// ask runs one model in the child: "ok", or the error's text.
func (c *child) ask(data []byte) (string, error) {
	if c.cmd == nil {
		c.start()
	}
	hung := time.AfterFunc(30*time.Second, func() { c.cmd.Process.Kill() })
	defer hung.Stop()
	c.to.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(data))))
	c.to.Write(data)
	line, err := c.from.ReadString('\n')
	if err != nil {
		state := c.cmd.Wait()
		c.cmd = nil
		said, _, _ := strings.Cut(c.said.String(), "\n\n")
		return "", fmt.Errorf("%v: %.600s", state, said)
	}
	return strings.TrimSpace(line), nil
}

func (c *child) stop() {
	if c.cmd != nil {
		c.to.Close()
		c.cmd.Wait()
	}
}

// runDamaged is the child: it answers each model with one line.
func runDamaged(from io.Reader, to io.Writer) {
	limitMemory()
	for {
		var size [4]byte
		if _, err := io.ReadFull(from, size[:]); err != nil {
			return
		}
		data := make([]byte, binary.LittleEndian.Uint32(size[:]))
		if _, err := io.ReadFull(from, data); err != nil {
			return
		}
		answer := "ok"
		if err := invoke(data); err != nil {
			answer = strings.ReplaceAll(err.Error(), "\n", " ")
		}
		fmt.Fprintln(to, answer)
	}
}

// invoke runs the main graph and every signature, as loaded.
func invoke(data []byte) error {
	m, err := tflite.NewModel(data)
	if err != nil {
		return err
	}
	defer m.Close()
	it, err := tflite.NewInterpreter(m, nil)
	if err != nil {
		return err
	}
	defer it.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	for _, key := range append(it.Signatures(), "") {
		s, err := it.Signature(key)
		if err != nil {
			return err
		}
		if err := s.Invoke(ctx); err != nil {
			return err
		}
		s.Outputs()
	}
	return nil
}

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gotf/gotf/cmd/gotf/internal/app"
	"github.com/gotf/gotf/cmd/gotf/internal/machine"
)

// hostileEnv is set for a worker: a process that runs command lines one after
// the other, as the child of a command runs one.
const hostileEnv = "GOTF_TEST_HOSTILE"

// hostileAnswer is what a command line did.
type hostileAnswer struct {
	Code   int    `json:"code"`
	Stdout string `json:"stdout"` // its beginning
	Stderr string `json:"stderr"`
	Peak   int64  `json:"peak"` // bytes of memory

	died    string        // how the worker ended, if it did
	endless bool          // and was ended because it took too long
	took    time.Duration // of the command
}

// TestHostileWorker is the worker. It gets command lines on one file and answers
// on another: stdout and stderr are the libraries'.
func TestHostileWorker(t *testing.T) {
	if os.Getenv(hostileEnv) == "" {
		t.Skip("the other tests start it")
	}
	os.Unsetenv(hostileEnv) // of the processes that commands start
	app.InChild = true
	hostileLimit()
	jobs, answers := json.NewDecoder(os.NewFile(3, "jobs")), json.NewEncoder(os.NewFile(4, "answers"))
	for {
		var args []string
		if jobs.Decode(&args) != nil {
			return // TestMain looks for what is still open
		}
		machine.ResetPeak()
		var out, words bytes.Buffer
		a := hostileAnswer{Code: app.Run(context.Background(), commands, args, &out, &words)}
		if m := machine.ReadMemory(); m != nil {
			a.Peak = m.PeakBytes
		}
		a.Stdout, a.Stderr = out.String()[:min(out.Len(), 1000)], words.String()
		if answers.Encode(a) != nil {
			os.Exit(1)
		}
	}
}

// hostileWorker is a worker, which is started again when it dies.
type hostileWorker struct {
	t        *testing.T
	dir      string        // its working directory
	patience time.Duration // with a command
	cmd      *exec.Cmd
	jobs     *os.File
	answers  *bufio.Reader
	log      *app.Log
	last     string // all the last worker said that ended
}

func (w *hostileWorker) start() {
	jobsRead, jobs, err := os.Pipe()
	if err != nil {
		w.t.Fatal(err)
	}
	answers, answersWrite, err := os.Pipe()
	if err != nil {
		w.t.Fatal(err)
	}
	w.cmd = exec.Command(os.Args[0], "-test.run=^TestHostileWorker$")
	w.cmd.Dir = w.dir
	w.cmd.Env = append(os.Environ(), "GOTF_TEST_MAIN=", hostileEnv+"=1", "GOTRACEBACK=all")
	w.log = &app.Log{}
	w.cmd.Stderr = w.log
	w.cmd.ExtraFiles = []*os.File{jobsRead, answersWrite}
	if err := w.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	jobsRead.Close()
	answersWrite.Close()
	w.jobs, w.answers = jobs, bufio.NewReader(answers)
}

// do runs one command line.
func (w *hostileWorker) do(args []string) (a hostileAnswer) {
	if w.cmd == nil {
		w.start()
	}
	start := time.Now()
	cmd := w.cmd
	late := time.AfterFunc(w.patience, func() {
		a.endless = true
		cmd.Process.Signal(syscall.SIGQUIT) // for the stacks
		time.Sleep(time.Second)
		cmd.Process.Kill()
	})
	job, _ := json.Marshal(args)
	w.jobs.Write(append(job, '\n'))
	line, err := w.answers.ReadBytes('\n')
	late.Stop()
	if err == nil {
		err = json.Unmarshal(line, &a)
	}
	a.took = time.Since(start)
	if err != nil {
		w.jobs.Close()
		state := w.cmd.Wait()
		w.last = w.log.String()
		how, words := app.LastWords(w.last)
		a.died = strings.TrimSpace(fmt.Sprintf("%v %s %s", state, how, words))
		w.cmd = nil
	}
	return a
}

func (w *hostileWorker) stop() {
	if w.cmd != nil {
		w.jobs.Close()
		if err := w.cmd.Wait(); err != nil {
			w.t.Errorf("the commands left something open: %v: %s", err, w.log)
		}
		w.cmd = nil
	}
}

// hostileFiles lists the files under dir with their sizes, and links with their
// targets.
func hostileFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		found[name] = info.Mode().Type().String()
		if info.Mode().IsRegular() {
			found[name] = fmt.Sprint(info.Size(), info.ModTime().UnixNano())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

package tf_test

import (
	"bytes"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/gotf/gotf/tf"
)

const cpu = "/job:localhost/replica:0/task:0/device:CPU:"

// twoDevices is a graph on two CPUs: x and y on the second, z on a GPU that is
// not there.
func twoDevices(t *testing.T, cfg *tf.Config) (*tf.Session, *tf.RunArgs) {
	t.Helper()
	g := newGraph(t)
	s := g.Scope()
	x := tf.Placeholder(s.Named("x").OnDevice("/cpu:1"), tf.Float32, tf.Shape{2})
	y := node(s.Named("y").OnDevice("/cpu:1"), "Exp", x)
	z := node(s.Named("z").OnDevice("/gpu:7"), "Log", y)
	wantOK(t, s)
	cfg.DeviceCount = map[string]int{"CPU": 2}
	sess, err := tf.NewSession(g, cfg)
	closing(t, sess, err)
	return sess, &tf.RunArgs{Fetches: []tf.Output{z}, Feeds: []tf.Feed{{x, newTensor(t, []float32{1, 2})}}}
}

func TestPlacements(t *testing.T) {
	sess, args := twoDevices(t, &tf.Config{})
	all, err := sess.Placements(background, args)
	if err != nil {
		t.Fatal(err)
	}
	at := map[tf.Placement]bool{}
	for _, p := range all {
		at[p] = true
	}
	for _, want := range []tf.Placement{{"y", "Exp", cpu + "1"}, {"z", "Log", cpu + "0"}} {
		if !at[want] {
			t.Errorf("%v is not among %v", want, all)
		}
	}
	if args.Metadata != nil || args.Options != nil {
		t.Error("the arguments were changed")
	}
}

// Without soft placement the operation, its line and the device are told.
func TestStrictPlacement(t *testing.T) {
	sess, args := twoDevices(t, &tf.Config{StrictPlacement: true})
	_, err := sess.RunWith(background, args)
	wantError(t, err, tf.InvalidArgument, `run session: Log "z" at main_test.go:`, "operation z", "/gpu:7")

	e, err := tf.NewEager(&tf.Config{StrictPlacement: true})
	closing(t, e, err)
	s := newScope(t, e)
	_, line := s.OnDevice("/gpu:7").Begin("Log").In(tf.Const(s, []float32{1})).One(), "placement_test.go:"
	wantError(t, s.Err(), tf.InvalidArgument, "Log at "+line, "GPU:7")
}

// logged is what is logged at level Info while f runs.
func logged(f func()) string {
	var buf safeBuffer
	old := slog.Default()
	defer slog.SetDefault(old)
	slog.SetDefault(slog.New(slog.NewTextHandler(&buf, nil)))
	f()
	buf.mu.Lock()
	defer buf.mu.Unlock()
	return buf.String()
}

type safeBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// LogPlacement's lines are records of level Info, in both modes; without it
// nothing is logged at that level.
func TestLogPlacement(t *testing.T) {
	work := func(on bool) func() {
		return func() {
			sess, args := twoDevices(t, &tf.Config{LogPlacement: on})
			out, err := sess.RunWith(background, args)
			if err != nil {
				t.Fatal(err)
			}
			out[0].Close()
			e, err := tf.NewEager(&tf.Config{LogPlacement: on})
			closing(t, e, err)
			s := newScope(t, e)
			node(s, "Sqrt", tf.Const(s, []float32{1}))
			wantOK(t, s)
		}
	}
	got := logged(work(true))
	for _, want := range []string{
		"msg=placed op=y type=Exp device=" + cpu + "1 from=tensorflow\n",
		"msg=placed op=z type=Log device=" + cpu + "0 from=tensorflow\n",
		"msg=placed type=Sqrt device=" + cpu + "0 from=tensorflow\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
	if got := logged(work(false)); got != "" {
		t.Errorf("not asked, logged:\n%s", got)
	}
}

// TensorFlow prints nothing of placement, also where it would fill its buffer; what
// a graph prints goes through.
func TestLogPlacementPrintsNothing(t *testing.T) {
	const key = "GOTF_TEST_PLACEMENT"
	if os.Getenv(key) != "" {
		g := newGraph(t)
		s := g.Scope()
		x := tf.Const(s, []float32{1})
		for range 500 {
			x = node(s, "Exp", x)
		}
		hello := s.Begin("PrintV2").In(tf.ConstScalar(s, "hello: (Exp)")).Str("output_stream", "stdout").Node()
		wantOK(t, s)
		sess, err := tf.NewSession(g, &tf.Config{LogPlacement: true})
		closing(t, sess, err)
		out, err := sess.Run(background, nil, []tf.Output{x}, hello)
		if err != nil {
			t.Fatal(err)
		}
		out[0].Close()
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestLogPlacementPrintsNothing$")
	cmd.Env = append(os.Environ(), key+"=1")
	var logged strings.Builder
	cmd.Stderr = &logged
	out, err := cmd.Output()
	if err != nil || strings.Contains(string(out), "/job:") || !strings.Contains(string(out), "hello: (Exp)\n") {
		t.Errorf("%v: it printed\n%s", err, out)
	}
	if n := strings.Count(logged.String(), " type=Exp device="+cpu+"0"); n < 500 {
		t.Errorf("%d operations logged, want 500:\n%s", n, logged.String())
	}
}

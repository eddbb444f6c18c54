package tf

import "github.com/gotf/gotf/internal/ctf"

// For tests with fake files.
var CPUQuota = cpuQuota

// RawRun is a run of s with one feed and one fetch through the C API alone: what
// there is to compare Run with.
func RawRun(s *Session, feed Feed, fetch Output) func() {
	feeds, fetches := []ctf.In{feed.Output.in()}, []ctf.In{fetch.in()}
	m, _ := feed.Tensor.h.Acquire()
	defer feed.Tensor.h.Release()
	c, _ := s.h.Acquire()
	defer s.h.Release()
	values, out := []*ctf.Tensor{m.p}, []*ctf.Tensor{nil}
	return func() {
		if st := ctf.Run(c, feeds, values, fetches, out, nil); st.Code != 0 {
			panic(st.Message)
		}
		ctf.DeleteTensor(out[0])
	}
}

package tf

import (
	"strconv"
	"strings"

	"github.com/gotf/gotf/internal/ctf"
	"github.com/gotf/gotf/internal/handle"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// Session runs a graph. Many goroutines may use one.
type Session struct {
	h *handle.Handle[*ctf.Session]
	g *Graph
}

// NewSession opens a session on g. A nil cfg is the default.
func NewSession(g *Graph, cfg *Config) (*Session, error) {
	if g == nil {
		return nil, Errorf("new session", InvalidArgument, "the graph is nil")
	}
	b, err := cfg.marshal()
	if err != nil {
		return nil, err
	}
	if err := g.acquire(); err != nil {
		return nil, err
	}
	defer g.h.Release()
	target := ""
	if cfg != nil {
		target = cfg.Target
	}
	c, s := ctf.NewSession(g.p, target, b)
	if err := check("new session", s); err != nil {
		return nil, err
	}
	return newSession(c, g), nil
}

func newSession(c *ctf.Session, g *Graph) *Session {
	return &Session{g: g, h: handle.New(c, func(c *ctf.Session) { ctf.DeleteSession(c) })}
}

// LoadSavedModel opens a session on the SavedModel in dir, of the MetaGraph
// with exactly the given tags, with its variables restored.
// The caller closes the session's graph too.
func LoadSavedModel(dir string, tags []string, cfg *Config) (*Session, *pb.MetaGraphDef, error) {
	what := "load SavedModel " + strconv.Quote(dir)
	if strings.IndexByte(dir+strings.Join(tags, ""), 0) >= 0 {
		return nil, nil, Errorf(what, InvalidArgument, "the path or a tag contains NUL")
	}
	b, err := cfg.marshal()
	if err != nil {
		return nil, nil, err
	}
	g, err := NewGraph()
	if err != nil {
		return nil, nil, err
	}
	c, raw, s := ctf.LoadSavedModel(g.p, b, dir, tags)
	if err := check(what, s); err != nil {
		g.Close()
		return nil, nil, err
	}
	g.seeNames()
	sess := newSession(c, g)
	meta := &pb.MetaGraphDef{}
	if err := proto.Unmarshal(raw, meta); err != nil {
		sess.Close()
		g.Close()
		return nil, nil, Errorf(what, DataLoss, "%v", err)
	}
	return sess, meta, nil
}

// Graph is the graph that the session runs.
func (s *Session) Graph() *Graph { return s.g }

// Close cancels the runs in flight and frees the session when the last has
// ended. It does not close the graph.
func (s *Session) Close() error {
	if s == nil {
		return nil
	}
	if c, err := s.h.Acquire(); err == nil {
		ctf.CloseSession(c)
		s.h.Release()
	}
	return s.h.Close()
}

// Devices lists the devices the session may use.
func (s *Session) Devices() ([]Device, error) {
	c, err := s.h.Acquire()
	if err != nil {
		return nil, Errorf("list devices", FailedPrecondition, "the session is closed")
	}
	defer s.h.Release()
	list, st := ctf.SessionDevices(c)
	return deviceList("list devices", list, st)
}

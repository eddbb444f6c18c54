package savedmodel

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/tf"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// Model is a SavedModel in memory, ready to run.
type Model struct {
	dir       string
	session   *tf.Session
	meta      *pb.MetaGraphDef
	functions map[string]*function
	signs     []Signature
	small     bool        // run on the thread that calls
	frozen    *frozen     // what Call runs, or nil
	lent      atomic.Bool // Session was called: the variables may change
	isGraph   bool        // of a frozen graph
	closed    atomic.Bool

	handles map[string]string // of variables that are references in the file: their operations, by that of the handle
	added   []restored        // variables that Load restored beside the model's own restore
	readsMu sync.Mutex
	readsOf map[string]tf.Output // reads that Save added, by the variable's operation
}

// LoadConfig says what to load and how to run it. The zero value and nil are
// the part with the tag [Serve], run as fits its size: small models on the
// calling thread, which is many times faster for small batches, others on all
// CPUs.
type LoadConfig struct {
	Tags   []string
	Config *tf.Config

	// AllowFileWrites loads also a model that writes files when it is only loaded,
	// which Load refuses otherwise: see [LoadFileWrites].
	AllowFileWrites bool
}

// Load opens the SavedModel in dir. One that writes files when it is only loaded
// is refused: the error is PermissionDenied and names the operation.
func Load(dir string, cfg *LoadConfig) (*Model, error) {
	if cfg == nil {
		cfg = &LoadConfig{}
	}
	meta, err := readMeta(dir, cfg.Tags)
	if err != nil {
		return nil, err
	}
	if !cfg.AllowFileWrites {
		if err := refuseFileWrites("load "+dir, LoadFileWrites(meta)); err != nil {
			return nil, err
		}
	}
	m := &Model{dir: dir, functions: map[string]*function{}}
	if err := m.open(tagSet(cfg.Tags), cfg.Config, meta); err != nil {
		return nil, explain(dir, err)
	}
	for _, s := range m.signs {
		f, err := m.bind(s)
		if err != nil {
			m.Close()
			return nil, err
		}
		m.functions[s.Key] = f
	}
	if err := m.restoreMissing(context.Background()); err != nil {
		m.Close()
		return nil, err
	}
	if m.small && !m.writesFiles() {
		if m.frozen, err = m.freeze(); err != nil {
			m.Close()
			return nil, err
		}
	}
	return m, nil
}

// writesFiles says that a signature does. Such a model is not frozen, which reads
// the variables before any call.
func (m *Model) writesFiles() bool {
	return slices.ContainsFunc(m.signs, func(s Signature) bool { return len(FileWrites(m.meta, s)) > 0 })
}

// explain says where the damage is that the runtime found.
func explain(dir string, err error) error {
	var e *tf.Error
	if errors.As(err, &e) && (e.Code == tf.OutOfRange || e.Code == tf.DataLoss) {
		return damagedVariables("read "+filepath.Join(dir, variablesFile), e)
	}
	return err
}

// readMeta parses and checks what the session loader is going to read.
func readMeta(dir string, tags []string) (*pb.MetaGraphDef, error) {
	sm, err := Read(dir)
	if err != nil {
		return nil, err
	}
	meta, err := MetaGraph(sm, tags...)
	if err != nil {
		return nil, err
	}
	return meta, Check(dir, meta)
}

// Signatures lists what Call can run, by key. The caller must not change it.
func (m *Model) Signatures() []Signature { return m.signs }

// Signature finds a signature by its key.
func (m *Model) Signature(key string) (Signature, error) {
	_, f, err := m.function("find signature", key)
	if err != nil {
		return Signature{}, err
	}
	return f.Signature, nil
}

// function finds what to run for a key, and where.
func (m *Model) function(op, key string) (*tf.Session, *function, error) {
	session, functions := m.session, m.functions
	if m.frozen != nil && !m.lent.Load() {
		session, functions = m.frozen.session, m.frozen.functions
	}
	if f := functions[key]; f != nil {
		return session, f, nil
	}
	return nil, nil, NoSignature(op, key, m.signs)
}

// NoSignature is the error for a key that is not among s.
func NoSignature(op, key string, s []Signature) error {
	if len(s) == 0 {
		return errorf(op, tf.NotFound, "no signature %q: the SavedModel has none", key)
	}
	have := keys(s)
	return errorf(op, tf.NotFound, "no signature %q%s (there are %s)", key, suggest.DidYouMean(key, have), list(have))
}

// Session is the session that holds the model's variables, to run parts of the
// graph that no signature names, or to change the variables, which calls see
// from then on. It is closed with the model.
func (m *Model) Session() *tf.Session {
	m.lent.Store(true)
	return m.session
}

// MetaGraph is all that is known of the model. The caller must not change it.
func (m *Model) MetaGraph() *pb.MetaGraphDef { return m.meta }

// ready is the error of an operation on a model that is there no more, or with a
// ctx that is done.
func (m *Model) ready(ctx context.Context, op string) error {
	if m == nil {
		return errorf(op, tf.InvalidArgument, "the model is nil")
	}
	if m.closed.Load() {
		return errorf(op, tf.FailedPrecondition, "the model is closed")
	}
	return ended(ctx, op)
}

// Close frees the model; calls in flight are cancelled.
func (m *Model) Close() error {
	if m == nil {
		return nil
	}
	m.closed.Store(true)
	for _, f := range m.functions {
		f.close()
	}
	m.frozen.close()
	if m.session == nil {
		return nil
	}
	err := m.session.Close()
	m.session.Graph().Close()
	return err
}

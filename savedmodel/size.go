package savedmodel

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/gotf/gotf/tf"
	nodepb "github.com/wamuir/graft/tensorflow/core/framework/node_def_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// smallModel is the most bytes of weights of a model that is run on one thread.
// For small models the hand-over between threads costs more than the work.
const smallModel = 4 << 20

// inCaller has a session do all its work on the thread that calls it. One
// thread beside it (InterOpThreads: 1) is not enough: the single-threaded
// executor waits in it for functions that are called and not inlined, which
// would need it too.
var inCaller = &tf.Config{SingleThreaded: true, IntraOpThreads: 1, InterOpThreads: -1}

// open loads the model with the configuration given, or one that fits it. Where
// references become handles the graph is another than that of the file; if
// TensorFlow refuses it, the model is loaded as it is.
func (m *Model) open(tags []string, config *tf.Config, meta *pb.MetaGraphDef) error {
	m.meta = meta
	if changed, handles := withHandles(meta); changed != nil {
		err := m.start(config, changed, func(c *tf.Config) (*tf.Session, error) { return m.restore(changed, c) })
		if err == nil {
			m.handles, m.signs = handles, Signatures(changed)
			return nil
		}
	}
	m.signs = Signatures(meta)
	return m.start(config, meta, func(c *tf.Config) (s *tf.Session, err error) {
		s, m.meta, err = tf.LoadSavedModel(m.dir, tags, c)
		return s, err
	})
}

// start makes the session.
func (m *Model) start(config *tf.Config, meta *pb.MetaGraphDef, load func(*tf.Config) (*tf.Session, error)) (err error) {
	m.small = config == nil && size(m.dir) <= smallModel && fitsOneThread(meta)
	if m.small {
		if m.session, err = load(inCaller); err != nil || onCPU(m.session) {
			return err
		}
		// That executor cannot move values between devices.
		m.small = false
		m.session.Close()
		m.session.Graph().Close()
	}
	m.session, err = load(config)
	return err
}

func onCPU(s *tf.Session) bool {
	devices, err := s.Devices()
	return err == nil && !slices.ContainsFunc(devices, func(d tf.Device) bool { return d.Type != "CPU" })
}

// size is about that of the model's variables and constants.
func size(dir string) (n int64) {
	files, _ := filepath.Glob(globEscape(filepath.Join(dir, variablesFile)) + ".data-*")
	for _, path := range append(files, filepath.Join(dir, modelFile)) {
		if info, err := os.Stat(path); err == nil {
			n += info.Size()
		}
	}
	return n
}

// manyThreads are operations that the single-threaded executor refuses: the
// control flow and the variables of TensorFlow 1.
var manyThreads = map[string]bool{
	"Switch": true, "Merge": true, "Enter": true, "Exit": true, "NextIteration": true, "LoopCond": true,
	"RefSwitch": true, "RefMerge": true, "RefEnter": true, "RefExit": true, "RefNextIteration": true,
	"RefSelect": true, "RefIdentity": true, "Variable": true, "VariableV2": true, "TemporaryVariable": true,
}

func fitsOneThread(g *pb.MetaGraphDef) bool {
	no := func(n *nodepb.NodeDef) bool { return manyThreads[n.Op] }
	if slices.ContainsFunc(g.GetGraphDef().GetNode(), no) {
		return false
	}
	for _, f := range g.GetGraphDef().GetLibrary().GetFunction() {
		if slices.ContainsFunc(f.GetNodeDef(), no) {
			return false
		}
	}
	return true
}

package bench

import (
	"context"
	"fmt"

	"github.com/gotf/gotf/cmd/gotf/internal/modelfile"
	"github.com/gotf/gotf/cmd/gotf/internal/modelio"
	"github.com/gotf/gotf/internal/npy"
	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
)

func openSavedModel(o *options) (*contender, error) {
	if o.dir == "" {
		return nil, nil
	}
	if err := modelfile.CheckSavedModel(o.dir); err != nil {
		return nil, err
	}
	cfg := &savedmodel.LoadConfig{Tags: o.tags}
	if o.threads > 0 {
		cfg.Config = &tf.Config{IntraOpThreads: o.threads, InterOpThreads: o.threads}
	}
	sm, err := savedmodel.Load(o.dir, cfg)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.dir, err)
	}
	var keys []string
	for _, s := range sm.Signatures() {
		keys = append(keys, s.Key)
	}
	s, err := sm.Signature(modelfile.DefaultKey(o.key, keys, savedmodel.ServingDefault))
	if err != nil {
		sm.Close()
		return nil, err
	}
	if err := modelfile.RefuseFileWrites(sm, s); err != nil {
		sm.Close()
		return nil, fmt.Errorf("%s: %w", o.dir, err)
	}
	var ports []modelio.Port
	for _, in := range s.Inputs {
		if !in.Optional || o.files[in.Name] != "" {
			ports = append(ports, modelio.Port{Name: in.Name, DType: in.DType, Shape: in.Shape})
		}
	}
	arrays, err := o.inputs(ports)
	if err != nil {
		sm.Close()
		return nil, fmt.Errorf("%s: %w", o.dir, err)
	}
	tensors, err := tensorsOf(arrays)
	if err != nil {
		sm.Close()
		return nil, err
	}
	m := &contender{about: newAbout("savedmodel", o.dir, plainfile.FolderSize(o.dir), s.Key, o.threads, ports, arrays)}
	m.about.Library, _ = tf.Version()
	m.inputs = ports
	for _, out := range s.Outputs {
		m.outputs = append(m.outputs, modelio.Port{Name: out.Name, DType: out.DType, Shape: out.Shape})
	}
	m.frees = []func(){func() { sm.Close() }, func() { modelio.CloseTensors(tensors) }}
	m.caller = func() (call, func(), error) {
		return func(ctx context.Context) error {
			out, err := sm.Call(ctx, s.Key, tensors)
			modelio.CloseTensors(out)
			return err
		}, func() {}, nil
	}
	m.profile = func(ctx context.Context) ([]op, error) { return o.profileSavedModel(ctx, s, tensors) }
	return m, nil
}

func tensorsOf(arrays map[string]*npy.Array) (map[string]*tf.Tensor, error) {
	out := map[string]*tf.Tensor{}
	for name, a := range arrays {
		t, err := tensor(a)
		if err != nil {
			modelio.CloseTensors(out)
			return nil, fmt.Errorf("input %q: %w", name, err)
		}
		out[name] = t
	}
	return out, nil
}

func tensor(a *npy.Array) (*tf.Tensor, error) {
	if a.DType == npy.Bytes {
		return tf.NewTensor(stringsOf(a), append(make([]int64, 0), a.Shape...)...)
	}
	dtype, err := tf.ParseDType(a.DType)
	if err != nil {
		return nil, err
	}
	return tf.NewRaw(dtype, a.Shape, a.Raw)
}

func stringsOf(a *npy.Array) []string {
	out := make([]string, len(a.Strings))
	for i, s := range a.Strings {
		out[i] = string(s)
	}
	return out
}

// profileSavedModel runs a signature with the times of its operations. It loads
// the model again: the executor of small models does not tell times.
func (o *options) profileSavedModel(ctx context.Context, s savedmodel.Signature, inputs map[string]*tf.Tensor) ([]op, error) {
	threads := max(o.threads, 1)
	m, err := savedmodel.Load(o.dir, &savedmodel.LoadConfig{Tags: o.tags, Config: &tf.Config{IntraOpThreads: threads, InterOpThreads: threads}})
	if err != nil {
		return nil, err
	}
	defer m.Close()
	session := m.Session()
	args := &tf.RunArgs{}
	for _, in := range s.Inputs {
		t := inputs[in.Name]
		if t == nil {
			continue // an optional one
		}
		x, err := session.Graph().Output(in.Tensor)
		if err != nil {
			return nil, err
		}
		args.Feeds = append(args.Feeds, tf.Feed{Output: x, Tensor: t})
	}
	for _, out := range s.Outputs {
		y, err := session.Graph().Output(out.Tensor)
		if err != nil {
			return nil, err
		}
		args.Fetches = append(args.Fetches, y)
	}
	sum := newOps()
	for i := range profiled + 2 {
		out, p, err := session.RunProfile(ctx, args)
		for _, t := range out {
			t.Close()
		}
		if err != nil {
			return nil, err
		}
		if i < 2 {
			continue // the first runs prepare
		}
		for _, o := range p.Ops() {
			sum.add(o.Name, o.Type, o.Duration, 1)
		}
	}
	return sum.list(profiled), nil
}

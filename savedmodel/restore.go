package savedmodel

import (
	"context"
	"maps"
	"path/filepath"

	"github.com/gotf/gotf/tf"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// restore makes a session of a graph that is not the file's own, with the values
// of the model's folder, as TensorFlow's loader does: it restores the variables,
// then runs the initialization, with the paths of the assets.
func (m *Model) restore(meta *pb.MetaGraphDef, config *tf.Config) (*tf.Session, error) {
	g, err := tf.NewGraph()
	if err != nil {
		return nil, err
	}
	s, err := tf.NewSession(g, config)
	if err == nil {
		if _, err = g.Import(meta.GetGraphDef(), nil); err == nil {
			err = m.initialize(s, meta)
		}
		if err == nil {
			return s, nil
		}
		s.Close()
	}
	g.Close()
	return nil, err
}

// initialize gives the variables and tables of a new session their values.
func (m *Model) initialize(s *tf.Session, meta *pb.MetaGraphDef) error {
	paths := map[string]string{}
	for _, a := range assetsOf(meta) {
		paths[a.GetTensorInfo().GetName()] = filepath.Join(m.dir, "assets", a.GetFilename())
	}
	saver, files := meta.GetSaverDef(), filepath.Join(m.dir, variablesFile)
	if saver.GetRestoreOpName() != "" && exists(files+".index") {
		with := maps.Clone(paths)
		with[saver.GetFilenameTensorName()] = files
		if err := runWithPaths(s, saver.GetRestoreOpName(), with); err != nil {
			return err
		}
	}
	if init := initOp(meta); init != "" {
		return runWithPaths(s, init, paths)
	}
	return nil
}

// runWithPaths runs an operation with the names of files for some tensors.
func runWithPaths(s *tf.Session, op string, paths map[string]string) error {
	args := &tf.RunArgs{FeedNames: map[string]*tf.Tensor{}, TargetNames: []string{nodeOf(op)}}
	for name, path := range paths {
		t, err := tf.NewScalar(path)
		if err != nil {
			return err
		}
		defer t.Close()
		args.FeedNames[canonical(name)] = t
	}
	_, err := s.RunWith(context.Background(), args)
	return err
}

// initOp is what is to run after the variables have their values, or "".
func initOp(meta *pb.MetaGraphDef) string {
	if t := meta.GetSignatureDef()[initSignature].GetOutputs()[initSignature]; t != nil {
		return t.GetName()
	}
	for _, key := range []string{"saved_model_main_op", "legacy_init_op"} {
		if names := meta.GetCollectionDef()[key].GetNodeList().GetValue(); len(names) > 0 {
			return names[0]
		}
	}
	return ""
}

// assetsOf are the assets that the model is told the paths of.
func assetsOf(meta *pb.MetaGraphDef) []*pb.AssetFileDef {
	if defs := meta.GetAssetFileDef(); len(defs) > 0 {
		return defs
	}
	var defs []*pb.AssetFileDef
	for _, any := range meta.GetCollectionDef()["saved_model_assets"].GetAnyList().GetValue() {
		d := &pb.AssetFileDef{}
		if any.UnmarshalTo(d) == nil {
			defs = append(defs, d)
		}
	}
	return defs
}

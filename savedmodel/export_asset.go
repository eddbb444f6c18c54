package savedmodel

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/gotf/gotf/tf"
	attrpb "github.com/wamuir/graft/tensorflow/core/framework/attr_value_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
)

// Asset is a file that the model reads, such as a vocabulary. The model keeps a
// copy, and is told where that is when it is loaded.
type Asset struct {
	// Path is the string scalar of the graph that names the file, a constant or a
	// placeholder.
	Path tf.Output

	File string // where the file is now; "": what the constant Path says
	Name string // of the copy in the folder assets; "": that of File, numbered if it is taken
}

const assetsFolder = "assets"

// asset is an Asset in the part. Its path is fed when the model is loaded, to
// initialise it, and kept in a variable for the signatures.
type asset struct {
	Asset
	at     string // the tensor in the graph
	fed    string // the placeholder
	read   string // the node that reads the variable, or ""
	assign string // the node that sets it, or ""
}

// findAssets checks the assets, and adds files that tables are read from.
func (p *part) findAssets(g *tf.Graph, given []Asset) error {
	taken := map[string]bool{}
	for _, a := range given {
		if a.Path.IsNil() || a.Path.Eager() || !in(g, a.Path) || a.Path.DType() != tf.String || !a.Path.Shape().Accepts(tf.Shape{}) {
			return errorf(p.op, tf.InvalidArgument, "asset %s: Path (%s) is no string scalar of the session's graph", a.File, a.Path.Name())
		}
		if p.hasAsset(a.Path.Name()) {
			return errorf(p.op, tf.InvalidArgument, "asset %s: %s names an asset already", a.File, a.Path.Name())
		}
		if a.File == "" {
			a.File = p.constantString(a.Path.Op().Name())
		}
		if a.File == "" {
			return errorf(p.op, tf.InvalidArgument, "asset: %s is no constant, so File must say which file it is", a.Path.Name())
		}
		if err := p.addAsset(a, taken); err != nil {
			return err
		}
	}
	for _, n := range p.def.Node {
		if n.Op != "InitializeTableFromTextFileV2" || p.hasAsset(n.Input[1]) {
			continue
		}
		file := p.constantString(nodeOf(n.Input[1]))
		if info, err := os.Stat(file); file == "" || err != nil || !info.Mode().IsRegular() {
			continue // the table is written with what it holds
		}
		o, err := g.Output(canonical(n.Input[1]))
		if err == nil {
			err = p.addAsset(Asset{Path: o, File: file}, taken)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// constantString is the value of a constant, or "".
func (p *part) constantString(node string) string {
	if n := p.nodes[node]; n != nil && n.Op == "Const" {
		if v := n.Attr["value"].GetTensor().GetStringVal(); len(v) == 1 {
			return string(v[0])
		}
	}
	return ""
}

func (p *part) addAsset(a Asset, taken map[string]bool) error {
	info, err := os.Stat(a.File)
	if err != nil {
		return fileError(p.op+": asset "+a.File, err)
	}
	if !info.Mode().IsRegular() {
		return errorf(p.op, tf.InvalidArgument, "asset %s is no file", a.File)
	}
	if a.Name == "" {
		base := filepath.Base(a.File)
		ext := filepath.Ext(base)
		for i := 0; a.Name == "" || taken[a.Name]; i++ {
			if a.Name = base; i > 0 {
				a.Name = fmt.Sprintf("%s_%d%s", strings.TrimSuffix(base, ext), i, ext)
			}
		}
	} else if taken[a.Name] {
		return errorf(p.op, tf.AlreadyExists, "asset %s: another asset is called %q", a.File, a.Name)
	}
	if a.Name == "." || a.Name == ".." || strings.ContainsAny(a.Name, "/\\:\x00") {
		return errorf(p.op, tf.InvalidArgument, "asset %s: %q is no name for a file in a folder", a.File, a.Name)
	}
	taken[a.Name] = true
	p.assets = append(p.assets, &asset{Asset: a, at: a.Path.Name()})
	return nil
}

// hasAsset reports whether a tensor is the path of an asset.
func (p *part) hasAsset(tensor string) bool {
	for _, a := range p.assets {
		if a.at == canonical(tensor) {
			return true
		}
	}
	return false
}

// assetOf is the asset whose path a node gives, or nil.
func (p *part) assetOf(node string) *asset {
	for _, a := range p.assets {
		if node == a.fed || node == a.read || a.fed == "" && node == nodeOf(a.at) {
			return a
		}
	}
	return nil
}

// placeAssets puts a placeholder in the place of each asset's path where the
// model is initialised, and a variable where it is run.
func (p *part) placeAssets() error {
	if len(p.assets) == 0 {
		return nil
	}
	var first, then []string
	for _, t := range p.tables {
		first = append(first, t.init...)
	}
	for _, key := range p.sigKeys {
		then = append(then, p.outputs(key)...)
	}
	init, run := p.reach(append(first, p.init...)...), p.reach(then...)
	for _, a := range p.assets {
		if err := p.placeAsset(a, init, run); err != nil {
			return err
		}
	}
	return nil
}

func (p *part) placeAsset(a *asset, init, run map[string]bool) error {
	scalar := map[string]*attrpb.AttrValue{
		"dtype": typeAttr(tf.String), "shape": {Value: &attrpb.AttrValue_Shape{Shape: tf.Shape{}.Proto()}},
	}
	a.fed = p.add(p.unused("asset_path_initializer"), "Placeholder", nil, scalar)
	for _, n := range p.def.Node {
		for i, input := range n.Input {
			if strings.HasPrefix(input, "^") || canonical(input) != a.at {
				continue
			}
			switch {
			case init[n.Name] && run[n.Name]:
				return errorf(p.op, tf.Unimplemented, "asset %s: %q uses its path both when the model is loaded and when it is run", a.File, n.Name)
			case init[n.Name]:
				n.Input[i] = a.fed
			case run[n.Name]:
				n.Input[i] = p.assetRead(a)
			}
		}
	}
	for _, key := range p.sigKeys {
		for _, o := range p.signatures[key].Outputs {
			if o.Name() == a.at {
				p.replaced[a.at] = p.assetRead(a)
			}
		}
	}
	return nil
}

// assetRead adds, once, the variable that keeps an asset's path.
func (p *part) assetRead(a *asset) string {
	if a.read != "" {
		return a.read
	}
	dtype := map[string]*attrpb.AttrValue{"dtype": typeAttr(tf.String)}
	name := p.unused("asset_path")
	handle := p.add(name, "VarHandleOp", nil, map[string]*attrpb.AttrValue{
		"dtype": typeAttr(tf.String), "shape": {Value: &attrpb.AttrValue_Shape{Shape: tf.Shape{}.Proto()}},
		"shared_name": stringAttr(name), "container": stringAttr(""),
	})
	a.assign = p.add(p.unused(name+"/Assign"), "AssignVariableOp", []string{handle, a.fed}, dtype)
	a.read = p.add(p.unused(name+"/Read"), "ReadVariableOp", []string{handle}, dtype)
	return a.read
}

// isAssetVariable reports whether a variable keeps the path of an asset.
func (p *part) isAssetVariable(node string) bool {
	for _, a := range p.assets {
		if a.read != "" && nodeOf(p.nodes[a.read].Input[0]) == node {
			return true
		}
	}
	return false
}

// assetDefs tell loaders which placeholder takes the path of which file.
func (p *part) assetDefs() (defs []*pb.AssetFileDef) {
	for _, a := range p.assets {
		defs = append(defs, &pb.AssetFileDef{
			TensorInfo: &pb.TensorInfo{Encoding: &pb.TensorInfo_Name{Name: a.fed + ":0"}}, Filename: a.Name,
		})
	}
	return defs
}

// addAssets adds the assets as objects.
func (g *objectGraph) addAssets() {
	var ids []int32
	for i, a := range g.p.assets {
		id := g.object(&pb.SavedObject{Kind: &pb.SavedObject_Asset{Asset: &pb.SavedAsset{AssetFileDefIndex: int32(i)}}})
		g.ids[a.fed] = id
		if a.read != "" {
			g.ids[a.read] = id
		}
		ids = append(ids, id)
	}
	if len(ids) > 0 {
		g.list("assets", ids)
	}
}

// copyAssets copies the files to a model's folder.
func (p *part) copyAssets(dir string) error {
	if len(p.assets) == 0 {
		return nil
	}
	if err := os.Mkdir(filepath.Join(dir, assetsFolder), 0o777); err != nil {
		return fileError(p.op, err)
	}
	for _, a := range p.assets {
		if err := copyFile(a.File, filepath.Join(dir, assetsFolder, a.Name)); err != nil {
			return fileError(p.op+": asset "+a.File, err)
		}
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

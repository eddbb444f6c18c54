package tflite

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/gotf/gotf/internal/ctflite"
	"github.com/gotf/gotf/tf"
)

// weights are those of a model as XNNPACK wants them, for each set of flags.
// The first interpreter with the option ShareWeights collects them, later ones
// use them too.
type weights struct {
	mu     sync.Mutex
	caches map[uint32]*ctflite.WeightsCache // nil: they cannot be shared
}

func (w *weights) free() {
	for _, c := range w.caches {
		if c != nil {
			ctflite.DeleteWeightsCache(c)
		}
	}
}

// createXNNPACK is create with XNNPACK and the weights that the options ask
// for.
func (n *native) createXNNPACK() error {
	x := n.options.XNNPACK
	if x.WeightCache != "" && !n.source.facts.Unpacked {
		return n.createCached(x.WeightCache)
	}
	if x.ShareWeights && !n.source.facts.Sparse && ctflite.Has("TfLiteXNNPackDelegateWeightsCacheCreate") {
		if shared, err := n.createShared(); shared {
			return err
		}
	}
	return n.create(true, nil, "")
}

// createShared shares weights with the model's other interpreters, unless they
// cannot be shared.
func (n *native) createShared() (shared bool, err error) {
	w := &n.source.weights
	on, off := n.options.XNNPACK.flags()
	w.mu.Lock()
	cache, known := w.caches[on|off<<16]
	if known {
		w.mu.Unlock()
		return cache != nil && n.create(true, cache, "") == nil, nil
	}
	defer w.mu.Unlock()
	cache = ctflite.NewWeightsCache()
	if err = n.create(true, cache, ""); err == nil && !ctflite.FinalizeWeightsCache(cache) {
		n.drop()
		err = errors.New("the cache did not end")
	}
	if w.caches == nil {
		w.caches = map[uint32]*ctflite.WeightsCache{}
	}
	if err != nil {
		ctflite.DeleteWeightsCache(cache)
		cache = nil
	}
	w.caches[on|off<<16] = cache
	return err == nil, nil
}

// createCached uses a file of weights. One that is not there yet is written
// under another name first, so that it is whole when it is there.
func (n *native) createCached(path string) error {
	if _, err := os.Stat(path); err == nil {
		return n.create(true, nil, path)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return errorf(step{"weight cache", path}, tf.FileCode(err), "%w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return errorf(step{"weight cache", path}, tf.FileCode(err), "%w", err)
	}
	f.Close()
	os.Remove(f.Name()) // XNNPACK makes it
	defer os.Remove(f.Name())
	if err := n.create(true, nil, f.Name()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		n.drop()
		return errorf(step{"weight cache", path}, tf.FileCode(err), "%w", err)
	}
	return nil
}

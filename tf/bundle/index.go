package bundle

import (
	"math"
	"os"
	"slices"

	"github.com/gotf/gotf/tf"
	shapepb "github.com/wamuir/graft/tensorflow/core/framework/tensor_shape_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

const (
	indexEnding = ".index"
	dataEnding  = ".data-00000-of-00001"
	version     = 1   // of the format
	maxRank     = 254 // of a shape of TensorFlow
)

// readIndex reads what an index file says of the values.
func (r *Reader) readIndex(f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	t, err := openTable(f, info.Size())
	if err != nil {
		return err
	}
	header := false
	err = t.all(func(key, value []byte) error {
		switch {
		case len(key) == 0:
			header = true
			return r.readHeader(value)
		case !header:
			return damaged("it has no header")
		}
		at, err := r.readEntry(string(key), value)
		if err != nil {
			return err
		}
		if key[0] == 0 { // a part of a value
			r.parts[string(key)] = at
			return nil
		}
		r.entries = append(r.entries, Entry{Name: string(key), DType: at.dtype, Shape: at.shape, Size: at.size, Parts: len(at.slices)})
		r.records = append(r.records, at)
		return nil
	})
	if err == nil && !header {
		err = damaged("it has no header")
	}
	if err != nil {
		return err
	}
	return r.joinParts()
}

func (r *Reader) readHeader(raw []byte) error {
	h := &pb.BundleHeaderProto{}
	if err := proto.Unmarshal(raw, h); err != nil {
		return damaged("its header is damaged: %v", err)
	}
	v := h.GetVersion()
	switch {
	case h.GetEndianness() != pb.BundleHeaderProto_LITTLE:
		return tf.Errorf("", tf.Unimplemented, "the checkpoint was written by a big-endian machine, which is not supported: load and save it there with its values swapped")
	case v.GetMinConsumer() > version, slices.Contains(v.GetBadConsumers(), version):
		return tf.Errorf("", tf.Unimplemented, "the checkpoint is of version %d and needs a reader of version %d; this is version %d",
			v.GetProducer(), v.GetMinConsumer(), version)
	case h.GetNumShards() <= 0:
		return damaged("it says that the values are in %d files", h.GetNumShards())
	}
	r.shards = h.GetNumShards()
	return nil
}

// readEntry checks all that reading a value relies on.
func (r *Reader) readEntry(name string, raw []byte) (record, error) {
	e := &pb.BundleEntryProto{}
	if err := proto.Unmarshal(raw, e); err != nil {
		return record{}, damaged("the entry of %q is damaged: %v", partName(name), err)
	}
	shape, err := shapeOf(e.GetShape())
	if err != nil {
		return record{}, about("the entry of "+quoted(name), err)
	}
	at := record{dtype: tf.DType(e.GetDtype()), shape: shape, shard: e.GetShardId(), offset: e.GetOffset(), size: e.GetSize(),
		crc: e.GetCrc32C(), slices: e.GetSlices()}
	switch n, width := shape.NumElements(), int64(at.dtype.Size()); {
	case at.shard < 0 || at.shard >= r.shards:
		return at, damaged("%q is in file %d of %d", partName(name), at.shard, r.shards)
	case at.offset < 0 || at.size < 0 || at.size > math.MaxInt64-at.offset:
		return at, damaged("%q lies at byte %d and has %d bytes", partName(name), at.offset, at.size)
	case width == 0 && at.dtype != tf.String && at.dtype != tf.Variant:
		return at, damaged("%q is of type %d, which no checkpoint holds", partName(name), int32(at.dtype))
	case len(at.slices) > 0:
		return at, nil
	case width == 0 && at.size < n:
		return at, damaged("%q has %d elements in %d bytes", partName(name), n, at.size)
	case width > 0 && (n > math.MaxInt64/width || at.size != n*width):
		return at, damaged("%q has %d bytes, and %v %v would have another number", partName(name), at.size, at.dtype, shape)
	}
	return at, nil
}

// shapeOf is a shape whose elements can be counted.
func shapeOf(p *shapepb.TensorShapeProto) (tf.Shape, error) {
	dims := p.GetDim()
	if p.GetUnknownRank() || len(dims) > maxRank {
		return nil, damaged("a value cannot have shape %v", tf.ShapeOf(p))
	}
	shape, n := make(tf.Shape, len(dims)), int64(1)
	for i, d := range dims {
		if shape[i] = d.GetSize(); shape[i] < 0 || shape[i] > 0 && n > math.MaxInt64/shape[i] {
			return nil, damaged("a value cannot have shape %v", tf.ShapeOf(p))
		}
		n *= max(shape[i], 1)
	}
	return shape, nil
}

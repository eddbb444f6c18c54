package bundle

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gotf/gotf/tf"
	shapepb "github.com/wamuir/graft/tensorflow/core/framework/tensor_shape_go_proto"
	slicepb "github.com/wamuir/graft/tensorflow/core/framework/tensor_slice_go_proto"
	versionspb "github.com/wamuir/graft/tensorflow/core/framework/versions_go_proto"
	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"
	"google.golang.org/protobuf/proto"
)

// craft writes an index with a header and entries, and a file of 64 values.
func craft(t *testing.T, h *pb.BundleHeaderProto, entries ...entry) string {
	t.Helper()
	var out bytes.Buffer
	w := newTableWriter(&out)
	add := func(key string, m proto.Message) {
		raw, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		w.add(key, raw)
	}
	add("", h)
	for _, e := range entries {
		add(e.key, e.proto)
	}
	if err := w.close(); err != nil {
		t.Fatal(err)
	}
	prefix := filepath.Join(t.TempDir(), "c")
	write(t, prefix+indexEnding, out.Bytes())
	write(t, prefix+dataEnding, make([]byte, 64))
	return prefix
}

func box(start, length int64) *slicepb.TensorSliceProto {
	return &slicepb.TensorSliceProto{Extent: []*slicepb.TensorSliceProto_Extent{{Start: start, HasLength: &slicepb.TensorSliceProto_Extent_Length{Length: length}}}}
}

func TestRefuses(t *testing.T) {
	one := &pb.BundleHeaderProto{NumShards: 1, Version: &versionspb.VersionDef{Producer: 1}}
	vector := func(n int64) *shapepb.TensorShapeProto { return shapeProto(tf.Shape{n}) }
	zeros := mask(checksum(make([]byte, 8)))
	part := func(start, length int64) entry {
		p, err := partOf("v", tf.Shape{8}, box(start, length))
		if err != nil {
			t.Fatal(err)
		}
		return entry{p.key, &pb.BundleEntryProto{Dtype: 6, Shape: vector(length), Size: length, Crc32C: mask(checksum(make([]byte, length)))}}
	}
	whole := func(boxes ...*slicepb.TensorSliceProto) entry {
		return entry{"v", &pb.BundleEntryProto{Dtype: 6, Shape: vector(8), Slices: boxes}}
	}
	for _, tc := range []struct {
		name    string
		header  *pb.BundleHeaderProto
		entries []entry
		want    string
		code    tf.Code
	}{
		{"whole", one, []entry{{"v", &pb.BundleEntryProto{Dtype: 6, Shape: vector(8), Size: 8, Crc32C: zeros}}}, "", 0},
		{"in parts", one, []entry{part(0, 3), part(3, 5), whole(box(0, 3), box(3, 5))}, "", 0},
		{"big-endian", &pb.BundleHeaderProto{NumShards: 1, Endianness: pb.BundleHeaderProto_BIG}, nil, "big-endian machine", tf.Unimplemented},
		{"later version", &pb.BundleHeaderProto{NumShards: 1, Version: &versionspb.VersionDef{Producer: 9, MinConsumer: 9}}, nil, "needs a reader of version 9", tf.Unimplemented},
		{"no files", &pb.BundleHeaderProto{}, nil, "in 0 files", tf.DataLoss},
		{"a file that is not there", &pb.BundleHeaderProto{NumShards: 2}, []entry{{"v", &pb.BundleEntryProto{Dtype: 6, Shape: vector(8), Size: 8, ShardId: 1}}}, "c.data-00001-of-00002: not found", tf.NotFound},
		{"beyond the files", one, []entry{{"v", &pb.BundleEntryProto{Dtype: 6, Shape: vector(8), Size: 8, ShardId: 1}}}, `"v" is in file 1 of 1`, tf.DataLoss},
		{"beyond the end", one, []entry{{"v", &pb.BundleEntryProto{Dtype: 6, Shape: vector(8), Size: 8, Offset: 60}}}, "it is cut short", tf.DataLoss},
		{"another size", one, []entry{{"v", &pb.BundleEntryProto{Dtype: 6, Shape: vector(9), Size: 8}}}, `"v" has 8 bytes`, tf.DataLoss},
		{"a huge shape", one, []entry{{"v", &pb.BundleEntryProto{Dtype: 6, Shape: shapeProto(tf.Shape{1 << 40, 1 << 40}), Size: 8}}}, "cannot have shape", tf.DataLoss},
		{"no type", one, []entry{{"v", &pb.BundleEntryProto{Dtype: 20, Shape: vector(8), Size: 8}}}, "which no checkpoint holds", tf.DataLoss},
		{"wrong checksum", one, []entry{{"v", &pb.BundleEntryProto{Dtype: 6, Shape: vector(8), Size: 8}}}, `the checksum of "v" is wrong`, tf.DataLoss},
		{"a part missing", one, []entry{part(0, 3), whole(box(0, 3), box(3, 5))}, "begins at [3] is missing", tf.DataLoss},
		{"parts of less", one, []entry{part(0, 3), part(3, 4), whole(box(0, 3), box(3, 4))}, "hold 7 of its 8", tf.DataLoss},
		{"parts that overlap", one, []entry{part(0, 4), part(3, 5), whole(box(0, 4), box(3, 5))}, "overlap", tf.DataLoss},
		{"a part outside", one, []entry{part(0, 4), whole(box(6, 5))}, "elements 6 to 11 of 8", tf.DataLoss},
	} {
		t.Run(tc.name, func(t *testing.T) {
			prefix := craft(t, tc.header, tc.entries...)
			_, err := use(prefix)
			if tc.code == 0 {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if !errors.Is(err, tc.code) || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), prefix) {
				t.Errorf("err = %v, want %v: %s", err, tc.code, tc.want)
			}
		})
	}
}

func TestOpenHints(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "other"), []byte("some other file, of more than 48 bytes, which is no checkpoint"))
	for prefix, want := range map[string]string{
		"testdata/types.index":               "this is a file of a checkpoint, whose name is testdata/types",
		"testdata/types.data-00000-of-00001": "this is a file of a checkpoint, whose name is testdata/types",
		"testdata/object":                    "testdata/object is a folder",
		"testdata/none":                      "testdata/none.index: not found: no such file",
		filepath.Join(dir, "other"):          "no checkpoint",
		os.DevNull:                           "no such file",
	} {
		if r, err := Open(prefix); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", prefix, err, want)
			if r != nil {
				r.Close()
			}
		}
	}
}

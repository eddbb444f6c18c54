package convert_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/gotf/gotf/savedmodel"
	"github.com/gotf/gotf/tf"
	"github.com/gotf/gotf/tflite/convert"
	examplepb "github.com/wamuir/graft/tensorflow/core/example/example_protos_go_proto"
)

// encodedPictures are one grey picture of 2 x 1 in each format.
func encodedPictures(t *testing.T) map[string][]byte {
	t.Helper()
	img := image.NewPaletted(image.Rect(0, 0, 2, 1), color.Palette{color.Gray{100}, color.Gray{200}})
	img.SetColorIndex(1, 0, 1)
	var p, g, j bytes.Buffer
	if err := errors.Join(png.Encode(&p, img), gif.Encode(&g, img, nil), jpeg.Encode(&j, img, &jpeg.Options{Quality: 100})); err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"png": p.Bytes(), "gif": g.Bytes(), "jpeg": j.Bytes(), "bmp": bitmap(2, 1, 100, 100, 100, 200, 200, 200, 0, 0)}
}

// bitmap is a BMP file of 24 bits a pixel.
func bitmap(width, height int32, pixels ...byte) []byte {
	le := binary.LittleEndian
	b := append([]byte("BM"), make([]byte, 52)...)
	le.PutUint32(b[2:], uint32(len(b)+len(pixels)))
	le.PutUint32(b[10:], 54)
	le.PutUint32(b[14:], 40)
	le.PutUint32(b[18:], uint32(width))
	le.PutUint32(b[22:], uint32(height))
	le.PutUint16(b[26:], 1)
	le.PutUint16(b[28:], 24)
	return append(b, pixels...)
}

// TestRecordPictures reads records of pictures.
func TestRecordPictures(t *testing.T) {
	dir, all := t.TempDir(), encodedPictures(t)
	grey := input("x", tf.Float32, -1, 1, 2, 1)
	picture := bytesFeature(all["png"])
	scaled := &convert.FileOptions{Mean: []float32{100}, Std: []float32{50}}
	type features = map[string]*examplepb.Feature
	for _, tc := range []struct {
		name     string
		features features
		in       savedmodel.TensorInfo
		o        *convert.FileOptions
		want     string // or a part of the error
	}{
		{"png", features{"x": picture}, grey, nil, "x float32 (1, 1, 2, 1) [100 200]"},
		{"bmp", features{"x": bytesFeature(all["bmp"])}, input("x", tf.Float32, -1, 1, 2, 3), nil, "x float32 (1, 1, 2, 3) [100 100 100 200 200 200]"},
		{"gif", features{"x": bytesFeature(all["gif"])}, input("x", tf.Uint8, -1, 1, 2, 3), nil, "x uint8 (1, 1, 2, 3) [100 100 100 200 200 200]"},
		{"scaled", features{"x": picture}, grey, scaled, "x float32 (1, 1, 2, 1) [0 2]"},
		{"resized", features{"x": picture}, input("x", tf.Float32, 1, 4, 1), nil, "x float32 (1, 4, 1) [100 125 175 200]"},
		{"of another name", features{"picture": picture, "label": intFeature(3)}, grey, nil, "x float32 (1, 1, 2, 1) [100 200]"},
		{"of the usual name", features{"image/encoded": picture, "thumbnail": bytesFeature(all["jpeg"])}, grey, nil, "x float32 (1, 1, 2, 1) [100 200]"},
		{"as bytes", features{"x": bytesFeature([]byte("BM"))}, input("x", tf.Uint8, -1, 2), nil, "x uint8 (1, 2) [66 77]"},
		{"one of two", features{"left_view": picture, "right_view": picture}, grey, nil, `record 0: input "x": the feature is missing (the record has "left_view", "right_view")`},
		{"a near name", features{"images": floatFeature(1, 2)}, input("image", tf.Float32, -1, 2), nil, `the feature is missing, did you mean "images"? (the record has "images")`},
		{"damaged", features{"x": bytesFeature(all["png"][:40])}, grey, nil, `record 0: input "x": the picture is damaged`},
		{"no picture", features{"x": bytesFeature([]byte("what"))}, grey, nil, "nor a picture (JPEG, PNG, BMP, GIF)"},
		{"for no pictures", features{"x": picture}, input("x", tf.Float32, -1, 10), nil, "takes no picture"},
		{"scaled values", features{"x": floatFeature(1, 2)}, grey, scaled, "it holds no picture, which Mean and Std (--normalize) are for"},
		{"too many means", features{"x": picture}, grey, &convert.FileOptions{Mean: []float32{1, 2, 3}}, "takes pictures of 1 channels"},
		{"no deviation", features{"x": picture}, grey, &convert.FileOptions{Std: []float32{0}}, "want positive"},
		{"too large", features{"x": bytesFeature(bitmap(1<<30, -1<<30))}, grey, nil, "the picture has 1073741824 x 1073741824 pixels, want 64000000 at most"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := writeFile(t, dir, strings.ReplaceAll(tc.name, " ", "_")+".tfrecord", example(t, tc.features))
			got, err := texts(t, path, tc.o, signature(tc.in))
			text := strings.TrimPrefix(strings.Join(got, "\n"), "first ")
			if err != nil && errors.Is(err, tf.InvalidArgument) && strings.Contains(err.Error(), path) && strings.Contains(err.Error(), tc.want) {
				return
			}
			if err != nil || text != tc.want {
				t.Errorf("%q, %v; want %q", text, err, tc.want)
			}
		})
	}
}

// TestGiantPictures reads pictures that are small files and would not be small in
// memory; those just below the limit are for the decoder.
func TestGiantPictures(t *testing.T) {
	all := encodedPictures(t)
	at := func(format string, offset int, values ...byte) []byte {
		b := slices.Clone(all[format])
		copy(b[offset:], values)
		if format == "png" { // with its checksum
			binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
		}
		return b
	}
	frame := bytes.Index(all["jpeg"], []byte{0xff, 0xc0})
	block := bytes.LastIndexByte(all["gif"], ',')
	many := slices.Clone(all["gif"][:block])
	for range 1000 {
		many = append(many, ',', 0, 0, 0, 0, 0, 31, 124, 0, 0, 2, 1, 0, 0) // 7936 x 124
	}
	for name, tc := range map[string]struct {
		data []byte
		want string
	}{
		"a.png":  {at("png", 16, 0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20), "the picture has 20000 x 20000 pixels, want 64000000 at most"},
		"b.png":  {at("png", 16, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), "4294967295 x 4294967295"},
		"c.jpg":  {at("jpeg", frame+5, 0x4e, 0x20, 0x27, 0x10), "10000 x 20000"},
		"d.jpg":  {append([]byte{0xff, 0xd8, 0xff, 0xff, 0xff, 0xe1, 0, 4, 0xff, 0xc0, 7, 0xff}, at("jpeg", frame+5, 0xff, 0xff, 0xff, 0xff)[2:]...), "65535 x 65535"},
		"e.gif":  {at("gif", 6, 0xff, 0xff, 0xff, 0xff), "65535 x 65535"},
		"f.gif":  {at("gif", block+5, 0xff, 0xff, 0xff, 0xff), "65535 x 65535"},
		"g.gif":  {many, "the frames of the picture have 984064000 pixels"},
		"h.bmp":  {bitmap(8001, 8000), "8001 x 8000"},
		"i.bmp":  {bitmap(8000, 8000), "the picture is damaged"},
		"j.png":  {all["png"][:20], "the picture is damaged"},
		"k.jpg":  {all["jpeg"][:frame+6], "the picture is damaged"},
		"l.gif":  {all["gif"][:block+4], "the picture is damaged"},
		"m.jpeg": {[]byte{0xff, 0xd8, 0xff}, "the picture is damaged"},
	} {
		dir := t.TempDir()
		path := writeFile(t, dir, name, tc.data)
		_, err := texts(t, dir, nil, signature(input("x", tf.Float32, -1, 1, 2, 3)))
		if !errors.Is(err, tf.InvalidArgument) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %s", name, err, tc.want)
		}
	}
}

package metadata

import (
	"archive/zip"
	"bytes"
	"hash/crc32"
	"maps"
	"slices"
)

// appendArchive puts files behind a model, sorted and unpacked: the official
// readers take no others. The same files make the same bytes.
func appendArchive(model []byte, files map[string][]byte) ([]byte, error) {
	if len(files) == 0 {
		return model, nil
	}
	out := bytes.NewBuffer(model)
	z := zip.NewWriter(out)
	z.SetOffset(int64(len(model)))
	for _, name := range slices.Sorted(maps.Keys(files)) {
		data := files[name]
		w, err := z.CreateRaw(&zip.FileHeader{
			Name: name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(data),
			CompressedSize64: uint64(len(data)), UncompressedSize64: uint64(len(data)),
			ModifiedDate: 1<<5 | 1, // 1 January 1980
			Flags:        utf8Names,
		})
		if err == nil {
			_, err = w.Write(data)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

const utf8Names = 0x800

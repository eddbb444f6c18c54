package pack

import (
	"archive/tar"
	"archive/zip"
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"time"

	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
)

// archiveTime is the time of all files, so that equal files make equal archives.
var archiveTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// entryMaker begins a file of an archive.
type entryMaker func(name string, size int64, mode int64) (io.Writer, error)

func writeTarGz(ctx context.Context, w io.Writer, folder string, m *archiveManifest, progress *terminal.Steps) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return err
	}
	t := tar.NewWriter(z)
	err = writeEntries(ctx, folder, m, progress, func(name string, size, mode int64) (io.Writer, error) {
		return t, t.WriteHeader(&tar.Header{Name: name, Size: size, Mode: mode, ModTime: archiveTime, Typeflag: tar.TypeReg, Format: tar.FormatPAX})
	})
	if err != nil {
		return err
	}
	if err := t.Close(); err != nil {
		return err
	}
	return z.Close()
}

func writeZip(ctx context.Context, w io.Writer, folder string, m *archiveManifest, progress *terminal.Steps) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestSpeed)
	})
	err := writeEntries(ctx, folder, m, progress, func(name string, _, mode int64) (io.Writer, error) {
		h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: archiveTime}
		h.SetMode(fileMode(mode))
		return z.CreateHeader(h)
	})
	if err != nil {
		return err
	}
	return z.Close()
}

// writeEntries writes the manifest, then the files in its order.
func writeEntries(ctx context.Context, folder string, m *archiveManifest, progress *terminal.Steps, begin entryMaker) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	text = append(text, '\n')
	w, err := begin(path.Join(folder, archiveManifestName), int64(len(text)), 0o644)
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	var total, done int64
	for _, f := range m.Files {
		total += f.Size
	}
	for _, f := range m.Files {
		mode := int64(0o644)
		if f.Exec {
			mode = 0o755
		}
		w, err := begin(path.Join(folder, f.Path), f.Size, mode)
		if err != nil {
			return err
		}
		h := sha256.New()
		n, err := archiveCopy(ctx, io.MultiWriter(w, h), f.from, func(n int64) { progress.Show("writing the archive", done+n, total) })
		if err != nil {
			return fmt.Errorf("%s: %w", f.from, err)
		}
		if n != f.Size || hex.EncodeToString(h.Sum(nil)) != f.SHA256 {
			return fmt.Errorf("%s has changed while it was packed", f.from)
		}
		done += n
	}
	return nil
}

package pack

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gotf/gotf/cmd/gotf/internal/usage"
	"github.com/gotf/gotf/internal/atomicfile"
	"github.com/gotf/gotf/internal/plainfile"
	"github.com/gotf/gotf/tflite/metadata"
)

// labels puts label files into a package.
type labels struct {
	p     *metadata.Package
	ports *metadata.Ports
	given map[labelSlot]string // the flag's value that filled it
	notes []string             // what went in under another name
}

// labelSlot holds one file of labels.
type labelSlot struct {
	output *metadata.Tensor
	kind   metadata.FileType
	locale string
}

// add reads [OUTPUT=]FILE[@LOCALE].
func (l *labels) add(kind metadata.FileType, v string) error {
	port, path := cutPort(v)
	locale := ""
	if i := strings.LastIndex(path, "@"); i > 0 {
		if _, err := os.Stat(path); err != nil {
			path, locale = path[:i], path[i+1:]
		}
	}
	text, err := plainfile.Read(path, plainfile.Message)
	if err != nil {
		return fmt.Errorf("%s: %w", path, atomicfile.Cause(err))
	}
	output, err := l.ports.Output(port)
	if err != nil {
		return err
	}
	slot := labelSlot{output, kind, locale}
	if before := l.given[slot]; before != "" {
		return usage.Errorf("%s and %s would both be the labels of output %q in one language; FILE@LOCALE names another", before, v, output.Name)
	}
	l.given[slot] = v
	old := l.p.Metadata.FileNames()
	f := metadata.File{Name: l.name(slot, path, text, old), Description: "Labels for categories that the model can recognize.", Type: kind, Locale: locale}
	if err := l.ports.SetLabels(port, f, text); err != nil {
		return err
	}
	l.p.Files[f.Name] = text
	dropUnnamed(l.p, old)
	if base := filepath.Base(path); f.Name != base {
		l.notes = append(l.notes, fmt.Sprintf("%s goes in as %s: there is another %s", path, f.Name, base))
	}
	return nil
}

// name is that of a file in the package: its own, with the locale, or with a
// number, as long as another file has it.
func (l *labels) name(slot labelSlot, path string, text []byte, old []string) string {
	staying := l.without(slot)
	taken := func(name string) bool {
		for have, data := range l.p.Files {
			leaves := slices.Contains(old, have) && !slices.Contains(staying, have)
			if strings.EqualFold(have, name) && !leaves && (have != name || !bytes.Equal(data, text)) {
				return true
			}
		}
		return false
	}
	name := filepath.Base(path)
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	if taken(name) && slot.locale != "" && filepath.Base(slot.locale) == slot.locale {
		name = stem + "_" + slot.locale + ext
	}
	for i := 2; taken(name); i++ {
		name = fmt.Sprintf("%s_%d%s", stem, i, ext)
	}
	return name
}

// without are the names of the files that the metadata speaks of when what
// fills a slot is gone.
func (l *labels) without(slot labelSlot) []string {
	all := slot.output.AssociatedFiles
	defer func() { slot.output.AssociatedFiles = all }()
	slot.output.AssociatedFiles = slices.DeleteFunc(slices.Clone(all), func(f metadata.File) bool {
		return f.Type == slot.kind && f.Locale == slot.locale
	})
	return l.p.Metadata.FileNames()
}

// dropUnnamed takes out files that were named before and no longer are.
func dropUnnamed(p *metadata.Package, old []string) {
	still := p.Metadata.FileNames()
	for _, name := range old {
		if !slices.Contains(still, name) {
			delete(p.Files, name)
		}
	}
}

// Package thirdparty says which libraries gotf uses: for each, the archive it
// comes in, the client that fetches it, and the sha256 of the archive and of
// every file taken from it.
//
// The table is pins.json; scripts/pin prints an archive's part of it.
package thirdparty

import (
	"embed"
	"encoding/json"
	"fmt"
	"sync"
)

// The values of [Library.Kind].
const (
	TensorFlow = "tensorflow"
	TFLite     = "tflite"
)

// A Library is one version of one library.
type Library struct {
	Library  string    `json:"library"` // the name, as in its folder NAME-VERSION
	Version  string    `json:"version"`
	Kind     string    `json:"kind"`
	Default  bool      `json:"default,omitempty"` // installed and opened unless asked otherwise
	GPU      bool      `json:"gpu,omitempty"`
	Archives []Archive `json:"archives"`
}

// Folder is the name of the library's folder in the cache.
func (l Library) Folder() string { return l.Library + "-" + l.Version }

// An Archive is one wheel or jar.
type Archive struct {
	Client  string `json:"client"` // "pip" or "maven"
	Package string `json:"package"`
	Version string `json:"version"`

	// The tags that pip chooses by.
	Python         string   `json:"python,omitempty"`
	Implementation string   `json:"implementation,omitempty"`
	ABI            string   `json:"abi,omitempty"`
	Platforms      []string `json:"platforms,omitempty"`

	Classifier string `json:"classifier,omitempty"` // Maven's

	Licence string   `json:"licence"`        // SPDX name where there is one
	Text    string   `json:"text,omitempty"` // embedded licence text, for an archive without one
	File    string   `json:"file"`
	Size    int64    `json:"size"`
	SHA256  string   `json:"sha256"`
	Members []Member `json:"members"`
	Headers []string `json:"headers,omitempty"` // prefixes of the members that developers need
}

// The values of [Member.Role]; a plain library has none.
const (
	Licence = "licence"
	Program = "program"
)

// A Member is a file of an archive that is installed.
type Member struct {
	Path   string `json:"path"` // in the archive
	Name   string `json:"name"` // in the library's folder, with slashes
	Role   string `json:"role,omitempty"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

//go:embed pins.json LICENSE-tensorflow.txt
var files embed.FS

// Libraries returns the table. It is shared: do not change it.
var Libraries = sync.OnceValue(func() []Library {
	b, err := files.ReadFile("pins.json")
	if err != nil {
		panic(err)
	}
	var libs []Library
	if err := json.Unmarshal(b, &libs); err != nil {
		panic(fmt.Sprintf("third_party/pins.json: %v", err))
	}
	return libs
})

// Text returns the embedded licence text called name.
func Text(name string) ([]byte, error) { return files.ReadFile(name) }

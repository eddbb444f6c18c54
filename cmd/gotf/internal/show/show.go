// Package show is gotf show and gotf scan, which print what saved_model_cli prints.
package show

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"runtime/debug"
	"strings"

	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/cmd/gotf/internal/modelfile"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/cmd/gotf/internal/usage"
	"github.com/gotf/gotf/savedmodel/listing"
)

// Command is gotf show.
func Command() *cli.Command {
	return &cli.Command{
		Name:  "show",
		Usage: "say what a SavedModel holds",
		Description: "Prints what saved_model_cli show prints, with the operations sorted. Needs no library.\n" +
			"With --dir alone: the tag sets; with --tag-set: the signatures' keys; with both and\n" +
			"--signature-def: that signature's inputs and outputs.",
		Flags: []cli.Flag{
			&cli.PathFlag{Name: "dir", Usage: "the SavedModel's `DIR`", Required: true},
			&cli.BoolFlag{Name: "all", Usage: "show everything"},
			&cli.StringFlag{Name: "tag-set", Usage: "`TAGS` of the part to show, separated by commas"},
			&cli.StringFlag{Name: "signature-def", Usage: "`KEY` of the signature to show"},
			&cli.BoolFlag{Name: "list-ops", Usage: "list the operations of the part with that tag set"},
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
		},
		Action: show,
	}
}

func show(c *cli.Context) error {
	m, err := readSavedModel(c.Path("dir"))
	if err != nil {
		return err
	}
	if c.Bool("json") {
		return showJSON(c, m)
	}
	var out bytes.Buffer
	if err := showText(c, &out, m); err != nil {
		return err
	}
	return writeListing(c.App.Writer, out.Bytes())
}

// takenBack is how saved_model_cli ends a list or dict: it goes back over
// the last comma.
var takenBack = regexp.MustCompile(`\x08\x08[\]}]`)

// writeListing writes what listing made: that of the control characters stays,
// those in names do not.
func writeListing(w io.Writer, text []byte) error {
	plain := &terminal.PlainText{W: terminal.Raw(w)}
	for len(text) > 0 {
		at := takenBack.FindIndex(text)
		if at == nil {
			at = []int{len(text), len(text)}
		}
		if _, err := plain.Write(text[:at[0]]); err != nil {
			return err
		}
		if _, err := plain.W.Write(text[at[0]:at[1]]); err != nil {
			return err
		}
		text = text[at[1]:]
	}
	return nil
}

// readSavedModel parses the SavedModel in dir. Collecting garbage while it does
// would take as long again.
func readSavedModel(dir string) (*pb.SavedModel, error) {
	if err := modelfile.CheckSavedModel(dir); err != nil {
		return nil, err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(1000))
	return listing.Read(dir)
}

func showText(c *cli.Context, out io.Writer, m *pb.SavedModel) error {
	switch {
	case c.Bool("all"):
		listing.All(out, m)
		return nil
	case !c.IsSet("tag-set"):
		if c.IsSet("signature-def") {
			fmt.Fprintln(c.App.ErrWriter, "--signature-def goes with --tag-set; these are the tag sets")
		}
		if c.Bool("list-ops") {
			fmt.Fprintln(out, "--list_ops must be paired with a tag-set or with --all.")
		}
		listing.TagSets(out, m)
		return nil
	}
	g, err := listing.Find(m, usage.TagSet(c))
	if err != nil {
		return err
	}
	if c.Bool("list-ops") {
		listing.Ops(out, g)
	}
	if !c.IsSet("signature-def") {
		listing.SignatureKeys(out, g)
		return nil
	}
	s, err := listing.FindSignature(g, c.String("signature-def"))
	if err != nil {
		return err
	}
	listing.Signature(out, s, 0)
	return nil
}

func showJSON(c *cli.Context, m *pb.SavedModel) error {
	if c.IsSet("tag-set") {
		g, err := listing.Find(m, usage.TagSet(c))
		if err != nil {
			return err
		}
		m = &pb.SavedModel{SavedModelSchemaVersion: m.SavedModelSchemaVersion, MetaGraphs: []*pb.MetaGraphDef{g}}
	}
	key := c.String("signature-def")
	if !c.IsSet("signature-def") {
		return terminal.PrintJSON(c, listing.Of(m))
	}
	if len(m.MetaGraphs) > 1 {
		return usage.Errorf("--signature-def goes with --tag-set: the tag sets are %s", tagSetsText(m))
	}
	s, err := listing.FindSignature(m.MetaGraphs[0], key)
	if err != nil {
		return err
	}
	return terminal.PrintJSON(c, listing.SignatureOf(key, s))
}

func tagSetsText(m *pb.SavedModel) string {
	var sets []string
	for _, g := range m.GetMetaGraphs() {
		sets = append(sets, strings.Join(g.GetMetaInfoDef().GetTags(), ","))
	}
	return fmt.Sprintf("%q", sets)
}

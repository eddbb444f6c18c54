package show

import (
	"bufio"
	"fmt"

	"github.com/urfave/cli/v2"

	pb "github.com/wamuir/graft/tensorflow/core/protobuf/for_core_protos_go_proto"

	"github.com/gotf/gotf/cmd/gotf/internal/inspect"
	"github.com/gotf/gotf/cmd/gotf/internal/terminal"
	"github.com/gotf/gotf/cmd/gotf/internal/usage"
	"github.com/gotf/gotf/internal/opnames"
	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/savedmodel/listing"
)

// ScanCommand is gotf scan.
func ScanCommand() *cli.Command {
	return &cli.Command{
		Name:  "scan",
		Usage: "look for operations in a SavedModel that a program should not need",
		Description: "Prints what saved_model_cli scan prints, and finds operations in the bodies of loops and\n" +
			"branches too. Needs no library. The exit code is 0 whatever is found; --json says it as data.",
		Flags: []cli.Flag{
			&cli.PathFlag{Name: "dir", Usage: "the SavedModel's `DIR`", Required: true},
			&cli.StringFlag{Name: "tag-set", Usage: "`TAGS` of the part to scan, separated by commas (default: all parts)"},
			&cli.StringFlag{Name: "op-denylist", Usage: "`OPS` to look for, separated by commas (default: WriteFile,ReadFile,PrintV2)"},
			&cli.BoolFlag{Name: "json", Usage: "print JSON"},
		},
		Action: scan,
	}
}

// scanReport is one MetaGraph of what gotf scan --json prints.
type scanReport struct {
	Tags     []string `json:"tags"`
	Denylist []string `json:"op_denylist"`
	Found    []string `json:"found"`
}

func scan(c *cli.Context) error {
	m, err := readSavedModel(c.Path("dir"))
	if err != nil {
		return err
	}
	graphs := m.GetMetaGraphs()
	if c.String("tag-set") != "" {
		g, err := listing.Find(m, usage.TagSet(c))
		if err != nil {
			return err
		}
		graphs = []*pb.MetaGraphDef{g}
	}
	list := listing.Denylist
	if c.String("op-denylist") != "" {
		list = []string{}
		for _, op := range usage.Words(c.String("op-denylist")) {
			if op != "" {
				list = append(list, op)
			}
		}
	}
	warnOps(c, graphs, list)
	if c.Bool("json") {
		reports := []scanReport{}
		for _, g := range graphs {
			reports = append(reports, scanReport{g.GetMetaInfoDef().GetTags(), list, append([]string{}, listing.Denied(g, list)...)})
		}
		return terminal.PrintJSON(c, reports)
	}
	out := bufio.NewWriter(c.App.Writer)
	for _, g := range graphs {
		listing.Scan(out, g, list)
	}
	return out.Flush()
}

// warnOps names the operations to look for that neither TensorFlow nor the model
// has: looking for a misspelt one finds nothing.
func warnOps(c *cli.Context, graphs []*pb.MetaGraphDef, list []string) {
	inModel := map[string]bool{}
	for _, g := range graphs {
		for _, o := range inspect.GraphFacts(g.GetGraphDef()).Operators {
			inModel[o.Name] = true
		}
	}
	for _, name := range list {
		if !inModel[name] && !opnames.Has(name) {
			fmt.Fprintf(c.App.ErrWriter, "%s is no operation of TensorFlow%s\n", terminal.Printable(name), suggest.DidYouMean(name, opnames.All()))
		}
	}
}

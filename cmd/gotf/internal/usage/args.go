package usage

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/gotf/gotf/internal/suggest"
)

// PathsAndFlags returns the arguments that names name. Flags may stand behind
// them too.
func PathsAndFlags(c *cli.Context, names ...string) ([]string, error) {
	var paths []string
	rest := c.Args().Slice()
	for len(rest) > 0 {
		arg := rest[0]
		rest = rest[1:]
		if len(arg) < 2 || arg[0] != '-' {
			paths = append(paths, arg)
			continue
		}
		var err error
		if rest, err = LateFlag(c, strings.TrimLeft(arg, "-"), rest); err != nil {
			return nil, err
		}
	}
	if len(paths) != len(names) {
		return nil, Errorf("gotf %s takes %s, got %d arguments (see gotf %s --help)", c.Command.Name, strings.Join(names, " and "), len(paths), c.Command.Name)
	}
	return paths, nil
}

// LateFlag sets the flag that an argument names, whose value may be the next.
func LateFlag(c *cli.Context, arg string, rest []string) ([]string, error) {
	name, value, has := strings.Cut(arg, "=")
	var names []string
	for _, f := range c.Command.Flags {
		names = append(names, f.Names()...)
		for _, n := range f.Names() {
			if n != name {
				continue
			}
			if _, isBool := f.(*cli.BoolFlag); isBool && !has {
				value = "true"
			} else if !has {
				if len(rest) == 0 {
					return nil, Errorf("--%s needs a value", name)
				}
				value, rest = rest[0], rest[1:]
			}
			if err := c.Set(name, value); err != nil {
				return nil, Errorf("%q is no value for --%s", value, name)
			}
			return rest, nil
		}
	}
	return nil, Errorf("gotf %s has no flag --%s%s (see gotf %s --help)", c.Command.Name, name, flagMeant(name, names), c.Command.Name)
}

// flagMeant is the hint for a flag that is not there, or "".
func flagMeant(name string, names []string) string {
	if closest := suggest.Closest(name, names); closest != "" {
		return fmt.Sprintf(", did you mean --%s?", closest)
	}
	return ""
}

// Kebab makes TensorFlow's flag names, --batch_size, ours: --batch-size.
func Kebab(args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		if arg == "--" {
			copy(out[i:], args[i:])
			break
		}
		if strings.HasPrefix(arg, "--") {
			name, _, _ := strings.Cut(arg, "=")
			arg = strings.ReplaceAll(name, "_", "-") + strings.TrimPrefix(arg, name)
		}
		out[i] = arg
	}
	return out
}

// Words splits "a,b".
func Words(s string) []string {
	out := strings.Split(s, ",")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

// TagSet are the words of --tag-set.
func TagSet(c *cli.Context) (tags []string) {
	for _, tag := range Words(c.String("tag-set")) {
		if tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}

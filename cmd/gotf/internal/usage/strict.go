package usage

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/urfave/cli/v2"
)

// Strict makes cmd answer wrong usage with an Error: an unknown flag, a
// missing or empty one, an argument where none is taken.
func Strict(cmd *cli.Command) *cli.Command {
	cmd.OnUsageError = FlagError
	cmd.HideHelpCommand = true
	required := takeRequired(cmd.Flags)
	inner := cmd.Before
	cmd.Before = func(c *cli.Context) error {
		if cmd.ArgsUsage == "" && c.Args().Present() {
			return Errorf("gotf %s takes no argument %q%s", cmd.Name, c.Args().First(), meant(c, cmd, required))
		}
		for _, name := range required {
			if !c.IsSet(name) {
				return Errorf("gotf %s needs --%s (see gotf %s --help)", cmd.Name, name, cmd.Name)
			}
			if text, ok := c.Value(name).(string); ok && text == "" {
				return Errorf("--%s is empty, want a value (see gotf %s --help)", name, cmd.Name)
			}
		}
		if inner != nil {
			return inner(c)
		}
		return nil
	}
	return cmd
}

// meant guesses which flag an argument belongs to: the first path that cmd needs,
// or the model, a folder or a file, that it takes.
func meant(c *cli.Context, cmd *cli.Command, required []string) string {
	arg, name := c.Args().First(), ""
	paths := map[string]bool{}
	for _, f := range cmd.Flags {
		_, isPath := f.(*cli.PathFlag)
		paths[f.Names()[0]] = isPath && !c.IsSet(f.Names()[0])
	}
	for _, r := range required {
		if name == "" && paths[r] {
			name = r
		}
	}
	if name == "" && paths["dir"] && paths["model"] {
		name = "dir"
		if info, err := os.Stat(arg); filepath.Ext(arg) == ".tflite" || err == nil && !info.IsDir() {
			name = "model"
		}
	}
	if name == "" || strings.HasPrefix(arg, "-") {
		return " (flags go before it, as --name value)"
	}
	return fmt.Sprintf(", did you mean --%s %s?", name, arg)
}

// takeRequired returns the names of the required flags and clears the mark:
// the parser's own check prints the whole help before its error.
func takeRequired(flags []cli.Flag) (names []string) {
	for _, f := range flags {
		if r, ok := f.(cli.RequiredFlag); ok && r.IsRequired() {
			names = append(names, f.Names()[0])
			reflect.ValueOf(f).Elem().FieldByName("Required").SetBool(false)
		}
	}
	return names
}

// FlagError says in one line what the flag parser found.
func FlagError(c *cli.Context, err error, _ bool) error {
	text := err.Error()
	where := "gotf"
	var names []string
	flags := c.App.Flags
	if c.Command != nil && c.Command.Name != "" && c.Command.Name != c.App.Name {
		where, flags = "gotf "+c.Command.Name, c.Command.Flags
	}
	for _, f := range flags {
		names = append(names, f.Names()...)
	}
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		name = strings.TrimLeft(name, "-")
		return Errorf("%s has no flag --%s%s (see %s --help)", where, name, flagMeant(name, names), where)
	}
	if name, ok := strings.CutPrefix(text, "flag needs an argument: -"); ok {
		return Errorf("--%s needs a value", strings.TrimLeft(name, "-"))
	}
	if value, rest, ok := cutInvalid(text); ok {
		return Errorf("%s is no value for --%s", value, rest)
	}
	return Errorf("%s: %s", where, text)
}

// cutInvalid splits `invalid value "x" for flag -n: why`, and the same with a
// word before "value" or without "flag".
func cutInvalid(text string) (value, flag string, ok bool) {
	text, invalid := strings.CutPrefix(text, "invalid ")
	_, text, hasValue := strings.Cut(text, "value ")
	value, rest, hasFlag := strings.Cut(text, " for ")
	flag, _, _ = strings.Cut(strings.TrimPrefix(rest, "flag "), ":")
	return value, strings.TrimLeft(flag, "-"), invalid && hasValue && hasFlag
}

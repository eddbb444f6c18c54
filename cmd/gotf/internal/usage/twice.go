package usage

import (
	"flag"
	"io"

	"github.com/urfave/cli/v2"
)

// Twice is an error for a flag in a command's args that counts once and stands
// there more often: the parser takes the last value and says nothing. Flags of
// several values, and those that only switch something on, may.
func Twice(cmd *cli.Command, args []string) (err error) {
	set := flag.NewFlagSet(cmd.Name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	for _, f := range cmd.Flags {
		name, given := f.Names()[0], false
		once := func(string) error {
			if given && err == nil && !repeats(f) {
				err = Errorf("--%s is given twice", name)
			}
			given = true
			return nil
		}
		for _, n := range f.Names() {
			if _, isBool := f.(*cli.BoolFlag); isBool {
				set.BoolFunc(n, "", once)
			} else {
				set.Func(n, "", once)
			}
		}
	}
	_ = set.Parse(args) // the command's own parser says what is wrong with them
	return err
}

// repeats says that a flag may be given more than once.
func repeats(f cli.Flag) bool {
	switch f.(type) {
	case *cli.BoolFlag, *cli.StringSliceFlag, *cli.GenericFlag:
		return true
	}
	return false
}

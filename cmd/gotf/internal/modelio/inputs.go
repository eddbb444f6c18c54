package modelio

import (
	"strings"

	"github.com/gotf/gotf/cmd/gotf/internal/usage"
	"github.com/gotf/gotf/internal/npy"
)

// ParseInputs reads 'a=f.npy;b=g.npz[var]', or several of them, into a map from
// input to file.
func ParseInputs(values ...string) (map[string]string, error) {
	return ParsePairs("inputs", "NAME=FILE", strings.Split(strings.Join(values, ";"), ";"))
}

// ParsePairs reads the parts of a flag's value, each NAME=VALUE, which form says in
// its errors.
func ParsePairs(flag, form string, parts []string) (map[string]string, error) {
	pairs := map[string]string{}
	for _, part := range parts {
		if strings.TrimSpace(part) == "" {
			continue
		}
		name, value, ok := strings.Cut(part, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok || name == "" || value == "" {
			return nil, usage.Errorf("--%s has %q, want %s, several separated by semicolons", flag, part, form)
		}
		if _, twice := pairs[name]; twice {
			return nil, usage.Errorf("--%s names %q twice", flag, name)
		}
		pairs[name] = value
	}
	return pairs, nil
}

// LoadArray is npy.Load for a file that a flag names.
func LoadArray(spec string) (*npy.Array, error) {
	a, err := npy.Load(spec)
	if err != nil {
		return nil, &arrayError{err}
	}
	return a, nil
}

// arrayError says what is wrong with an array's file, without the package.
type arrayError struct{ err error }

func (e *arrayError) Error() string { return strings.TrimPrefix(e.err.Error(), "npy: ") }
func (e *arrayError) Unwrap() error { return e.err }

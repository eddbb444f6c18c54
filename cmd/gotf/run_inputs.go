package main

import "strings"

// parseInputs reads 'a=f.npy;b=g.npz[var]' into a map from input to file.
func parseInputs(s string) (map[string]string, error) {
	files := map[string]string{}
	for _, part := range strings.Split(s, ";") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		name, file, ok := strings.Cut(part, "=")
		name, file = strings.TrimSpace(name), strings.TrimSpace(file)
		if !ok || name == "" || file == "" {
			return nil, usagef("--inputs has %q, want NAME=FILE, several separated by semicolons", part)
		}
		if _, twice := files[name]; twice {
			return nil, usagef("--inputs names %q twice", name)
		}
		files[name] = file
	}
	return files, nil
}

// fileName makes an output's name fit to be a file's: it stays in its folder.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == '/' || r == '\\' {
			return '_'
		}
		return r
	}, name)
	if name == "" {
		return "_"
	}
	return name
}

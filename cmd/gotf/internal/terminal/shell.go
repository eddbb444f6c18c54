package terminal

import "strings"

// shellQuote makes s one word for a shell.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(Printable(s), "'", `'\''`) + "'" }

// ShellWord is s, quoted if a shell would not take it as one word.
func ShellWord(s string) string {
	plain := strings.IndexFunc(s, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("/._-+=:,@%", c))
	}) < 0
	if plain && s != "" {
		return s
	}
	return shellQuote(s)
}

// InputsFlag is gotf run's --inputs with a file for each name, "" without any.
func InputsFlag(names []string) string {
	if len(names) == 0 {
		return ""
	}
	var files []string
	for _, name := range names {
		files = append(files, name+"=FILE.npy")
	}
	return " --inputs " + shellQuote(strings.Join(files, ";"))
}

package convert

import (
	"strconv"
	"strings"
)

// nameSet are the names of a model's tensors.
type nameSet map[string]bool

func (s *nameSet) add(name string) {
	if *s == nil {
		*s = nameSet{}
	}
	(*s)[name] = true
}

// layer is the part of a tensor's name that tells where it came from. The
// converter joins the names of all operations that it merged with semicolons, and
// numbers tensors that would have the same name: "a", "a1", "a2".
func (s nameSet) layer(tensor string) string {
	first, _, merged := strings.Cut(tensor, ";")
	if merged {
		return first // the number is at the end of the last one
	}
	for i := len(first) - 1; i > 0 && '0' <= first[i] && first[i] <= '9'; i-- {
		if s.numbered(first[:i], first[i:]) {
			return s.layer(first[:i])
		}
	}
	return first
}

// numbered says that there is a tensor for each lower number.
func (s nameSet) numbered(name, number string) bool {
	n, err := strconv.Atoi(number)
	return err == nil && number[0] != '0' && s[name] && (n == 1 || s[name+strconv.Itoa(n-1)])
}

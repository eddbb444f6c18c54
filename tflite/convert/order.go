package convert

// An intSet is a set of numbers that is read in the order in which CPython 3 reads
// one of the same history: which of several equal constants Python's converter
// keeps depends on it.
// https://github.com/python/cpython/blob/3.11/Objects/setobject.c
type intSet struct {
	table []int32
	full  []bool
	used  int
}

const linearProbes = 9

// spot is where v is, or would go.
func (s *intSet) spot(v int32) int {
	mask := uint64(len(s.table) - 1)
	hash := uint64(int64(v))
	if v == -1 {
		hash-- // -1 is no hash
	}
	perturb := hash
	for i := hash & mask; ; i = (i*5 + 1 + perturb) & mask {
		probes := uint64(0)
		if i+linearProbes <= mask {
			probes = linearProbes
		}
		for j := i; j <= i+probes; j++ {
			if !s.full[j] || s.table[j] == v {
				return int(j)
			}
		}
		perturb >>= 5
	}
}

func (s *intSet) add(v int32) {
	if s.table == nil {
		s.resize(0)
	}
	i := s.spot(v)
	if s.full[i] {
		return
	}
	s.table[i], s.full[i] = v, true
	s.used++
	if s.used*5 >= (len(s.table)-1)*3 {
		s.resize(s.used * 4)
	}
}

func (s *intSet) resize(least int) {
	size := 8
	for size <= least {
		size *= 2
	}
	old := s.all()
	s.table, s.full = make([]int32, size), make([]bool, size)
	for _, v := range old {
		i := s.spot(v)
		s.table[i], s.full[i] = v, true
	}
}

// all are the numbers in order.
func (s *intSet) all() (list []int32) {
	for i, v := range s.table {
		if s.full[i] {
			list = append(list, v)
		}
	}
	return list
}

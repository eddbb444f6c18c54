package core

import "encoding/json"

// MarshalJSON writes the inverse.
func (n Not) MarshalJSON() ([]byte, error) { return json.Marshal(!bool(n)) }

// UnmarshalJSON reads the inverse.
func (n *Not) UnmarshalJSON(b []byte) error {
	var v bool
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	*n = Not(!v)
	return nil
}

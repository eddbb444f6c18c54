package jsontext_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/gotf/gotf/internal/jsontext"
)

func TestExplain(t *testing.T) {
	type inner struct {
		Size uint8 `json:"size"`
	}
	type outer struct {
		Name string  `json:"name"`
		List []inner `json:"list"`
	}
	for _, tc := range []struct{ text, want string }{
		{`{"name": 1}`, `"name" is a number, want a string`},
		{`{"list": [{"size": 300}]}`, `"list.size" is the number 300, want an integer of 8 bits, 0 or more`},
		{`{"list": {}}`, `"list" is an object, want a list`},
		{`[]`, `the JSON is a list, want an object`},
		{"{\n  \"name\": oops\n}", `line 2, column 11: invalid character 'o' looking for beginning of value`},
		{`{"name": `, `the JSON ends too early`},
		{``, `there is no JSON in it`},
		{`{"nam": ""}`, `unknown field "nam"`},
	} {
		d := json.NewDecoder(strings.NewReader(tc.text))
		d.DisallowUnknownFields()
		err := d.Decode(&outer{})
		if got := jsontext.Explain([]byte(tc.text), err); got == nil || got.Error() != tc.want {
			t.Errorf("%s: %v, want %s", tc.text, got, tc.want)
		}
	}
	if other := errors.New("other"); jsontext.Explain(nil, other) != other || jsontext.Explain(nil, nil) != nil {
		t.Error("another error, or none, was changed")
	}
}

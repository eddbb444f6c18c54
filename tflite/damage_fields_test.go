package tflite_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	flatbuffers "github.com/google/flatbuffers/go"

	"github.com/gotf/gotf/tflite"
	"github.com/gotf/gotf/tflite/internal/schema"
)

// mutateField changes one field of the file, which stays a flatbuffer in
// order: indices, shapes, types and options get unlikely values.
func mutateField(data []byte, r *rand.Rand) (out []byte, how string) {
	defer func() {
		if recover() != nil { // the packer wants more than a verifier
			out, how = data, "nothing"
		}
	}()
	m := schema.GetRootAsModel(data, 0).UnPack()
	var all []place
	collect(reflect.ValueOf(m).Elem(), "", &all)
	how = all[r.IntN(len(all))].change(r)
	b := flatbuffers.NewBuilder(len(data) + 1024)
	b.FinishWithFileIdentifier(m.Pack(b), []byte("TFL3"))
	return b.FinishedBytes(), how
}

// place is a field, or an element of a vector.
type place struct {
	name string
	v    reflect.Value
}

func collect(v reflect.Value, name string, all *[]place) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			collect(v.Elem(), name, all)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			collect(v.Field(i), name+"."+v.Type().Field(i).Name, all)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 && v.Len() > 64 {
			return // weights
		}
		if v.Len() > 0 {
			*all = append(*all, place{name, v})
		}
		for i := range v.Len() {
			collect(v.Index(i), fmt.Sprintf("%s.%d", name, i), all)
		}
	case reflect.String, reflect.Func, reflect.Map:
	default:
		if v.CanSet() {
			*all = append(*all, place{name, v})
		}
	}
}

func (p place) change(r *rand.Rand) string {
	n := []int64{0, 1, 2, 3, 4, 5, -1, -2, 8, 17, 100, 1 << 20, 1<<31 - 1, -1 << 31}[r.IntN(14)]
	switch {
	case p.v.Kind() == reflect.Slice && r.IntN(2) == 0:
		p.v.Set(p.v.Slice(0, r.IntN(p.v.Len())))
	case p.v.Kind() == reflect.Slice:
		p.v.Set(reflect.AppendSlice(reflect.MakeSlice(p.v.Type(), 0, 0), p.v))
		p.v.Set(reflect.Append(p.v, p.v.Index(r.IntN(p.v.Len()))))
	case p.v.CanInt():
		p.v.SetInt(n)
	case p.v.CanUint():
		p.v.SetUint(uint64(n))
	case p.v.CanFloat():
		p.v.SetFloat([]float64{0, -1, 1e30, 0.5}[r.IntN(4)])
	case p.v.Kind() == reflect.Bool:
		p.v.SetBool(!p.v.Bool())
	}
	return fmt.Sprintf("%s is %v", p.name, p.v)
}

// TestCutInputs leaves each operation one input: those that read more are
// refused.
func TestCutInputs(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(models, "ops.tflite"))
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	count := len(schema.GetRootAsModel(data, 0).UnPack().Subgraphs[0].Operators)
	for k := range count {
		m := schema.GetRootAsModel(data, 0).UnPack()
		op := m.Subgraphs[0].Operators[k]
		if len(op.Inputs) < 2 {
			continue
		}
		op.Inputs = op.Inputs[:1]
		b := flatbuffers.NewBuilder(len(data))
		b.FinishWithFileIdentifier(m.Pack(b), []byte("TFL3"))
		model, err := tflite.NewModel(b.FinishedBytes())
		model.Close()
		if err != nil {
			refused++
			if want := fmt.Sprintf("Subgraphs.0.Operators.%d.Inputs: the operator takes ", k); !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want %s", err, want)
			}
		}
	}
	if refused < 20 {
		t.Errorf("%d of %d refused", refused, count)
	}
}

package run

import (
	"fmt"

	"github.com/wamuir/graft/tensorflow/core/example/example_protos_go_proto"
	"google.golang.org/protobuf/proto"

	"github.com/gotf/gotf/cmd/gotf/internal/npexpr"
)

// exampleList makes a list of serialized tf.train.Examples of a list of dicts. The
// first value of each list says of which kind its feature is.
func exampleList(v npexpr.Value) (npexpr.Value, error) {
	list, ok := v.(*npexpr.List)
	if !ok || list.Tuple {
		return nil, fmt.Errorf(`want a list of dicts, such as [{"age": [22.5]}]`)
	}
	out := &npexpr.List{}
	for i, item := range list.Items {
		dict, ok := item.(*npexpr.Dict)
		if !ok {
			return nil, fmt.Errorf("example %d is no dict", i)
		}
		raw, err := exampleBytes(dict)
		if err != nil {
			return nil, fmt.Errorf("example %d: %w", i, err)
		}
		out.Items = append(out.Items, raw)
	}
	return out, nil
}

func exampleBytes(dict *npexpr.Dict) ([]byte, error) {
	features := map[string]*example_protos_go_proto.Feature{}
	for _, name := range dict.Keys {
		list, ok := dict.Values[name].(*npexpr.List)
		if !ok || list.Tuple || len(list.Items) == 0 {
			return nil, fmt.Errorf("feature %q is no list of values", name)
		}
		f, err := exampleFeature(list.Items)
		if err != nil {
			return nil, fmt.Errorf("feature %q: %w", name, err)
		}
		features[name] = f
	}
	return proto.MarshalOptions{Deterministic: true}.Marshal(&example_protos_go_proto.Example{
		Features: &example_protos_go_proto.Features{Feature: features},
	})
}

func exampleFeature(items []npexpr.Value) (*example_protos_go_proto.Feature, error) {
	switch items[0].(type) {
	case float64:
		values, err := each(items, "a number", toFloat)
		return &example_protos_go_proto.Feature{Kind: &example_protos_go_proto.Feature_FloatList{
			FloatList: &example_protos_go_proto.FloatList{Value: values}}}, err
	case int64, bool:
		values, err := each(items, "an int", toInt)
		return &example_protos_go_proto.Feature{Kind: &example_protos_go_proto.Feature_Int64List{
			Int64List: &example_protos_go_proto.Int64List{Value: values}}}, err
	case string, []byte:
		values, err := each(items, "text", toBytes)
		return &example_protos_go_proto.Feature{Kind: &example_protos_go_proto.Feature_BytesList{
			BytesList: &example_protos_go_proto.BytesList{Value: values}}}, err
	}
	return nil, fmt.Errorf("a feature holds float, int, str or bytes")
}

func each[T any](items []npexpr.Value, want string, convert func(npexpr.Value) (T, bool)) ([]T, error) {
	out := make([]T, len(items))
	for i, item := range items {
		v, ok := convert(item)
		if !ok {
			return nil, fmt.Errorf("value %d is not %s as the first one is", i, want)
		}
		out[i] = v
	}
	return out, nil
}

func toFloat(v npexpr.Value) (float32, bool) {
	if f, ok := v.(float64); ok {
		return float32(f), true
	}
	i, ok := toInt(v)
	return float32(i), ok
}

func toInt(v npexpr.Value) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

func toBytes(v npexpr.Value) ([]byte, bool) {
	switch v := v.(type) {
	case string:
		return []byte(v), true
	case []byte:
		return v, true
	}
	return nil, false
}

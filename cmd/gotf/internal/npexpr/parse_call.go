package npexpr

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gotf/gotf/internal/suggest"
	"github.com/gotf/gotf/tf"
)

// arguments reads what stands between the parentheses of a call.
func (p *parser) arguments() (*arguments, error) {
	args := &arguments{named: map[string]Value{}}
	for !p.next(")") {
		p.skip()
		at := p.at
		name := p.name()
		if named := name != "" && p.next("=") && !strings.HasPrefix(p.text[p.at:], "="); !named {
			p.at, name = at, ""
		}
		v, err := p.sum()
		switch {
		case err != nil:
			return nil, err
		case name == "" && len(args.named) > 0:
			return nil, p.errorAt(at, "a value without a name after named ones")
		case name == "":
			args.positional = append(args.positional, v)
		default:
			if _, twice := args.named[name]; twice {
				return nil, p.errorAt(at, "argument %q is given twice", name)
			}
			args.named[name] = v
		}
		if !p.next(",") && !strings.HasPrefix(p.text[p.at:], ")") {
			return nil, p.unexpected(`"," or ")"`)
		}
	}
	return args, nil
}

// named reads True, False, None, a type of Python, or np.NAME.
func (p *parser) named() (Value, error) {
	at := p.at
	name := p.name()
	switch name {
	case "":
		return nil, p.unexpected("a value")
	case "True", "False":
		return name == "True", nil
	case "None":
		return nil, nil
	case "bool", "int", "float", "complex", "str", "bytes":
		return types[name], nil
	case "np", "numpy":
		if !p.next(".") {
			return nil, p.unexpected(`"." and the name of a function`)
		}
		return p.numpy(at)
	}
	return nil, p.errorAt(at, "unknown name %q (there are np, True, False and None; text stands in quotes)", name)
}

// numpy reads np.NAME after the point; at is where np stands.
func (p *parser) numpy(at int) (Value, error) {
	name := p.name()
	for name != "" && p.next(".") {
		name += "." + p.name()
	}
	if v, ok := constants[name]; ok {
		return v, nil
	}
	d, isType := types[name]
	_, isFunction := functions[name]
	switch {
	case strings.HasPrefix(name, "random"):
		return nil, fmt.Errorf("%w; save some with np.save and use --inputs", p.errorAt(at, "np.%s: random values are not supported", name))
	case !isType && !isFunction:
		known := append(slices.Collect(maps.Keys(functions)), slices.Collect(maps.Keys(constants))...)
		slices.Sort(known)
		return nil, p.errorAt(at, "unknown np.%s%s (there are %s, and types such as float32)", name, suggest.DidYouMean(name, known), strings.Join(known, ", "))
	case isType && !p.next("("):
		return d, nil
	case isFunction && !p.next("("):
		return nil, p.unexpected(`"(" after np.` + name)
	}
	args, err := p.arguments()
	if err != nil {
		return nil, err
	}
	v, err := p.invoke(name, d, isType, args)
	if err != nil {
		return nil, p.errorAt(at, "np.%s: %v", name, err)
	}
	return v, nil
}

func (p *parser) invoke(name string, d tf.DType, isType bool, args *arguments) (Value, error) {
	if !isType {
		return call(name, args)
	}
	got, err := args.take("value")
	if err != nil {
		return nil, err
	}
	return NewArray(got["value"], d)
}

package npexpr

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// deepest is how deep brackets may be nested.
const deepest = 100

// Eval computes the value of an expression.
func Eval(text string) (Value, error) {
	p := &parser{text: text}
	v, err := p.sum()
	if err != nil {
		return nil, err
	}
	if p.skip(); p.at < len(p.text) {
		return nil, p.unexpected("an operator or the end")
	}
	return v, nil
}

// parser computes values while it reads.
type parser struct {
	text  string
	at    int // in bytes
	depth int
}

// errorAt says what is wrong at a position in the text.
func (p *parser) errorAt(at int, format string, args ...any) error {
	return fmt.Errorf("%s at column %d", fmt.Sprintf(format, args...), utf8.RuneCountInString(p.text[:at])+1)
}

func (p *parser) unexpected(want string) error {
	if p.at >= len(p.text) {
		return p.errorAt(p.at, "the expression ends, want %s", want)
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.at:])
	return p.errorAt(p.at, "%q, want %s", r, want)
}

func (p *parser) skip() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

// next skips token if it comes next.
func (p *parser) next(token string) bool {
	p.skip()
	if strings.HasPrefix(p.text[p.at:], token) {
		p.at += len(token)
		return true
	}
	return false
}

// operator reads the first of ops that comes next.
func (p *parser) operator(ops ...string) (op string, at int) {
	p.skip()
	for _, op := range ops {
		if at := p.at; strings.HasPrefix(p.text[at:], op) {
			if op == "*" && strings.HasPrefix(p.text[at:], "**") {
				return "", at
			}
			p.at += len(op)
			return op, at
		}
	}
	return "", p.at
}

func (p *parser) sum() (Value, error) { return p.chain(p.product, "+", "-") }

func (p *parser) product() (Value, error) { return p.chain(p.sign, "*", "//", "/", "%") }

// chain reads operands with operators of one rank between them.
func (p *parser) chain(operand func() (Value, error), ops ...string) (Value, error) {
	v, err := operand()
	for err == nil {
		op, at := p.operator(ops...)
		if op == "" {
			return v, nil
		}
		var w Value
		if w, err = operand(); err == nil {
			v, err = p.compute(at, op, v, w)
		}
	}
	return nil, err
}

func (p *parser) compute(at int, op string, v, w Value) (Value, error) {
	v, err := operate(op, v, w)
	if err != nil {
		return nil, p.errorAt(at, "%v", err)
	}
	return v, nil
}

func (p *parser) sign() (Value, error) {
	op, at := p.operator("+", "-")
	if op == "" {
		return p.power()
	}
	if p.depth++; p.depth > deepest {
		return nil, p.errorAt(at, "more than %d signs and brackets inside each other", deepest)
	}
	defer func() { p.depth-- }()
	v, err := p.sign()
	if err != nil {
		return nil, err
	}
	minus, err := negative(v)
	if err != nil {
		return nil, p.errorAt(at, "%v", err)
	}
	if op == "-" {
		v = minus
	}
	return v, nil
}

func (p *parser) power() (Value, error) {
	v, err := p.postfix()
	if err != nil {
		return nil, err
	}
	op, at := p.operator("**")
	if op == "" {
		return v, nil
	}
	if p.depth++; p.depth > deepest {
		return nil, p.errorAt(at, "more than %d signs and brackets inside each other", deepest)
	}
	defer func() { p.depth-- }()
	w, err := p.sign()
	if err != nil {
		return nil, err
	}
	return p.compute(at, op, v, w)
}

// postfix reads a value and the methods that are called on it.
func (p *parser) postfix() (Value, error) {
	v, err := p.atom()
	for err == nil {
		p.skip()
		at := p.at
		switch {
		case p.next("["):
			return nil, p.errorAt(at, "indexing is not supported")
		case p.next("."):
			v, err = p.attribute(v)
		default:
			return v, nil
		}
	}
	return nil, err
}

func (p *parser) attribute(v Value) (Value, error) {
	at := p.at
	name := p.name()
	if name == "" {
		return nil, p.unexpected("the name of a method")
	}
	a, ok := v.(*Array)
	if !ok {
		return nil, p.errorAt(at, "%s has no %q", typeOf(v), name)
	}
	if name == "T" {
		t, err := transpose(a)
		if err != nil {
			return nil, p.errorAt(at, "%v", err)
		}
		return t, nil
	}
	if !p.next("(") {
		return nil, p.errorAt(at, "no attribute %q of arrays", name)
	}
	args, err := p.arguments()
	if err != nil {
		return nil, err
	}
	v, err = method(a, name, args)
	if err != nil {
		return nil, p.errorAt(at, "%s: %v", name, err)
	}
	return v, nil
}

// name reads an identifier, or "".
func (p *parser) name() string {
	p.skip()
	start := p.at
	for p.at < len(p.text) {
		c := p.text[p.at]
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9' || p.at == start) {
			break
		}
		p.at++
	}
	return p.text[start:p.at]
}

func (p *parser) atom() (Value, error) {
	p.skip()
	if p.at >= len(p.text) {
		return nil, p.unexpected("a value")
	}
	switch c := p.text[p.at]; {
	case c == '(' || c == '[' || c == '{':
		if p.depth++; p.depth > deepest {
			return nil, p.errorAt(p.at, "more than %d signs and brackets inside each other", deepest)
		}
		defer func() { p.depth-- }()
		p.at++
		if c == '{' {
			return p.dict()
		}
		return p.list(c == '(')
	case c >= '0' && c <= '9' || c == '.':
		return p.number()
	case p.startsString():
		return p.strings()
	}
	return p.named()
}

// list reads the members of a list or tuple, or what stands in parentheses.
func (p *parser) list(tuple bool) (Value, error) {
	end := "]"
	if tuple {
		end = ")"
	}
	start, comma := p.at, false
	var items []Value
	for !p.next(end) {
		v, err := p.sum()
		if err != nil {
			return nil, err
		}
		items = append(items, v)
		if comma = p.next(","); comma {
			continue
		}
		if !p.next(end) {
			return nil, p.unexpected(`"," or "` + end + `"`)
		}
		break
	}
	if tuple && len(items) == 1 && !comma {
		return items[0], nil
	}
	l, err := newList(items, tuple)
	if err != nil {
		return nil, p.errorAt(start, "%v", err)
	}
	return l, nil
}

func (p *parser) dict() (Value, error) {
	d := &Dict{Values: map[string]Value{}}
	for !p.next("}") {
		p.skip()
		at := p.at
		key, err := p.sum()
		if err != nil {
			return nil, err
		}
		name, ok := key.(string)
		if !ok {
			return nil, p.errorAt(at, "a key of type %s, want a string", typeOf(key))
		}
		if !p.next(":") {
			return nil, p.unexpected(`":"`)
		}
		v, err := p.sum()
		if err != nil {
			return nil, err
		}
		if _, twice := d.Values[name]; !twice {
			d.Keys = append(d.Keys, name)
		}
		d.Values[name] = v
		if !p.next(",") && !strings.HasPrefix(p.text[p.at:], "}") {
			return nil, p.unexpected(`"," or "}"`)
		}
	}
	return d, nil
}

package layout

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// expression is a column's formula, compiled and type-checked once. Sums, differences and products
// of integers, choices between them by a text, and one quotient of two such at the top, are computed exactly by exactRoot. In
// everything else a division gives a float64; of that, formulas without functions are computed by formula, the rest by the
// expression machine.
type expression struct {
	counters   []wfm.Counter
	isText     bool
	nullable   bool // the result may be missing, beside that of counters
	canDivide  bool // the result may be undefined
	coalesces  bool // it has a value for what is missing, which only exact formulas know
	exact      func(r *row) (number, error)
	whole      func(r *row) (int64, bool) // of exact formulas without a quotient; ok is false where 64 bits do not hold it
	formula    formula                    // where exact is nil
	program    *vm.Program
	identifier []knownIdentifier // that the formula uses
}

// identifierValue fills one identifier of the environment.
type identifierValue struct {
	name  string
	value func(r *row) (any, wfm.State)
}

// builtins are the functions that expressions may use: those whose result depends on their
// arguments alone, on every machine.
func builtins() []string {
	return []string{"abs", "ceil", "floor", "round", "min", "max", "int", "float", "string", "len",
		"trim", "trimPrefix", "trimSuffix", "upper", "lower", "replace", "hasPrefix", "hasSuffix", "indexOf"}
}

func compileExpression(src string, g grain, settings []Setting, values map[string]string, loc *time.Location) (*expression, error) {
	if len(src) > 2000 {
		return nil, errors.New("is longer than 2000 characters")
	}
	known, env := identifiers(g, settings, values, loc)
	// Without the optimizer the tree keeps the types that the check below reads.
	choice := newSettingChoice(settings, values)
	options := []expr.Option{expr.Env(env), expr.DisableAllBuiltins(), expr.Optimize(false), expr.Patch(choice)}
	for _, b := range builtins() {
		options = append(options, expr.EnableBuiltin(b))
	}
	program, err := expr.Compile(src, options...)
	if err != nil {
		return nil, errors.New("does not compile: " + wfm.OneLine(err.Error()))
	}
	tree, err := parser.Parse(src)
	if err != nil {
		return nil, errors.New("does not parse: " + wfm.OneLine(err.Error()))
	}
	ast.Walk(&tree.Node, choice)
	e := &expression{program: program}
	used := map[string]bool{}
	if err := e.inspect(tree.Node, used); err != nil {
		return nil, err
	}
	for _, k := range known {
		if used[k.name] {
			e.identifier = append(e.identifier, k)
			e.counters = append(e.counters, k.counters...)
			e.canDivide = e.canDivide || k.divides
			e.nullable = e.nullable || k.nullable
		}
	}
	switch t := program.Node().Type(); t.Kind() {
	case reflect.String:
		e.isText = true
	case reflect.Int:
		e.exact = exactRoot(tree.Node, known)
		if whole := exactNode(tree.Node, known); whole != nil {
			e.whole = func(r *row) (int64, bool) {
				v, err := whole(r)
				return v, err == nil
			}
		}
	case reflect.Float64:
		e.exact = exactRoot(tree.Node, known)
		e.canDivide = true
	default:
		return nil, fmt.Errorf("gives %s, which cannot be written; make it a number or a text on every path", t)
	}
	if e.coalesces && e.exact == nil {
		return nil, errors.New("uses ?? beside more than whole numbers, + - * and one quotient around all of it")
	}
	e.formula = newFormula(tree.Node, known)
	return e, nil
}

// inspect refuses what a formula does not need, and notes the identifiers.
func (e *expression) inspect(n ast.Node, used map[string]bool) error {
	all := func(list ...ast.Node) error {
		for _, c := range list {
			if err := e.inspect(c, used); err != nil {
				return err
			}
		}
		return nil
	}
	switch n := n.(type) {
	case *ast.IdentifierNode:
		used[n.Value] = true
		return nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.StringNode, *ast.BoolNode, *ast.ConstantNode:
		return nil
	case *ast.UnaryNode:
		return all(n.Node)
	case *ast.BinaryNode:
		if slices.Contains([]string{"..", "**", "^", "matches", "in", "|"}, n.Operator) {
			return errors.New("uses " + strconv.Quote(n.Operator) + ", which formulas do not have")
		}
		e.coalesces = e.coalesces || n.Operator == "??"
		return all(n.Left, n.Right)
	case *ast.ConditionalNode:
		return all(n.Cond, n.Exp1, n.Exp2)
	case *ast.BuiltinNode:
		return all(n.Arguments...)
	}
	return errors.New("uses " + strconv.Quote(strings.TrimSpace(n.String())) + ", which formulas do not have")
}

// knownIdentifier is a name that an expression may use.
type knownIdentifier struct {
	identifierValue
	counters []wfm.Counter
	counter  bool // it is the one in counters
	divides  bool
	nullable bool // it may be missing, and no counter tells
	// Exactly one of these is set. A whole number is wfm.Missing where it is absent.
	exact func(r *row) int64
	ratio func(r *row) wfm.Ratio
	text  func(r *row) string
	flag  func(r *row) bool
}

func identifiers(g grain, settings []Setting, values map[string]string, loc *time.Location) ([]knownIdentifier, map[string]any) {
	var list []knownIdentifier
	env := map[string]any{}
	integer := func(name string, counters []wfm.Counter, get func(r *row) int64) {
		env[name] = 0
		list = append(list, knownIdentifier{counters: counters, exact: get, identifierValue: identifierValue{name, func(r *row) (any, wfm.State) {
			v := get(r)
			if v == wfm.Missing {
				return nil, wfm.Absent
			}
			return int(v), wfm.Defined
		}}})
	}
	text := func(name string, get func(r *row) string) {
		env[name] = ""
		list = append(list, knownIdentifier{text: get, identifierValue: identifierValue{name, func(r *row) (any, wfm.State) { return get(r), wfm.Defined }}})
	}
	if _, ok := g.statistics(); ok {
		for c, info := range wfm.Counters() {
			if _, wrong := wrongView([]wfm.Counter{c}, g); !wrong {
				integer(info.Column, []wfm.Counter{c}, func(r *row) int64 { return r.counts.Get(c) })
				list[len(list)-1].counter = true
			}
		}
		for d, info := range wfm.DerivedValues() {
			if len(info.Den) == 0 {
				integer(info.Name, d.Needs(), func(r *row) int64 { return d.Of(r.counts).Num })
				continue
			}
			env[info.Name] = 0.0
			list = append(list, knownIdentifier{counters: d.Needs(), divides: true, ratio: func(r *row) wfm.Ratio { return d.Of(r.counts) }, identifierValue: identifierValue{info.Name, func(r *row) (any, wfm.State) {
				ratio := d.Of(r.counts)
				v, _ := ratio.Float()
				return v, ratio.State()
			}}})
		}
	}
	for _, s := range sources() {
		switch {
		case !slices.Contains(s.grains, g):
		case s.flag != nil:
			env[s.name] = false
			list = append(list, knownIdentifier{flag: s.flag, identifierValue: identifierValue{s.name, func(r *row) (any, wfm.State) { return s.flag(r), wfm.Defined }}})
		case s.text != nil:
			text(s.name, s.text)
		case s.open: // a formula has no rule for a time that may not be there
		case s.time != nil:
			integer(s.name, nil, func(r *row) int64 { return s.time(r, loc).Unix() })
		default:
			integer(s.name, nil, s.number)
			list[len(list)-1].nullable = s.millis
		}
	}
	for _, s := range settings {
		v := values[s.Name]
		if s.Number {
			number, _ := strconv.ParseInt(v, 10, 64) // checked with the setting
			integer(s.Name, nil, func(*row) int64 { return number })
		} else {
			text(s.Name, func(*row) string { return v })
		}
	}
	return list, env
}

// state tells whether all identifiers of a formula have a value. One that is missing outweighs one that is undefined.
func (e *expression) state(r *row) wfm.State {
	state := wfm.Defined
	for i := range e.identifier {
		of := wfm.Defined
		switch id := &e.identifier[i]; {
		case id.exact != nil && id.exact(r) == wfm.Missing:
			of = wfm.Absent
		case id.ratio != nil:
			of = id.ratio(r).State()
		}
		if of == wfm.Absent {
			return of
		}
		state = max(state, of)
	}
	return state
}

// run evaluates a formula on the machine. A missing or undefined identifier decides the result
// before the formula runs.
func (e *expression) run(s *scratch, r *row) (result any, state wfm.State, err error) {
	if state = e.state(r); state != wfm.Defined {
		return nil, state, nil
	}
	if s.env == nil {
		s.env = map[string]any{}
	}
	clear(s.env)
	for i := range e.identifier {
		s.env[e.identifier[i].name], _ = e.identifier[i].value(r)
	}
	result, err = s.vm.Run(e.program, s.env)
	if err != nil {
		err = errors.New("formula fails: " + wfm.OneLine(err.Error()))
	}
	return result, wfm.Defined, err
}

// number evaluates a formula of numbers.
func (e *expression) number(s *scratch, r *row) (number, error) {
	if e.exact != nil {
		return e.exact(r)
	}
	if whole, float := e.formula.whole, e.formula.float; whole != nil || float != nil {
		switch state := e.state(r); {
		case state != wfm.Defined:
			return without(state), nil
		case whole != nil:
			return number{ratio: wfm.Ratio{Num: int64(whole(r)), Den: 1}}, nil
		}
		return number{float: float(r), isFloat: true}, nil
	}
	v, state, err := e.run(s, r)
	switch {
	case err != nil:
		return number{}, err
	case state != wfm.Defined:
		return without(state), nil
	}
	switch v := v.(type) {
	case int:
		return number{ratio: wfm.Ratio{Num: int64(v), Den: 1}}, nil
	case float64:
		return number{float: v, isFloat: true}, nil
	}
	return number{}, fmt.Errorf("formula gives %T instead of a number", v)
}

// without is the number of a formula whose identifiers have no value.
func without(state wfm.State) number {
	if state == wfm.Absent {
		return number{ratio: wfm.Ratio{Num: wfm.Missing, Den: 1}}
	}
	return number{} // divides by zero
}

var errNoValue = errors.New("uses a value that is missing or undefined")

// text evaluates a formula of texts.
func (e *expression) text(s *scratch, r *row) (string, error) {
	if text := e.formula.text; text != nil {
		if e.state(r) != wfm.Defined {
			return "", errNoValue
		}
		return text(r), nil
	}
	v, state, err := e.run(s, r)
	if err == nil && state != wfm.Defined {
		err = errNoValue
	}
	text, _ := v.(string)
	return text, err
}

package layout

import (
	"cmp"
	"slices"

	"github.com/expr-lang/expr/ast"
)

// formula is a part of a formula as functions of Go, which take no memory, where the expression machine takes some for each
// number. It knows identifiers, literals, arithmetic, comparisons, logic and ?:. Formulas with anything else, such as a
// function or two texts that are joined, run on the machine as a whole. Both give the same: whole numbers wrap around at 64 bits,
// a division gives a float, and a whole number beside a float is made one.
//
// Exactly one of the functions is set: it tells the type. The zero formula is what it does not know.
type formula struct {
	whole func(r *row) int
	float func(r *row) float64
	truth func(r *row) bool
	text  func(r *row) string
}

// newFormula compiles a node whose types were checked.
func newFormula(n ast.Node, known []knownIdentifier) formula {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return formula{whole: func(*row) int { return n.Value }}
	case *ast.FloatNode:
		return formula{float: func(*row) float64 { return n.Value }}
	case *ast.BoolNode:
		return formula{truth: func(*row) bool { return n.Value }}
	case *ast.StringNode:
		return formula{text: func(*row) string { return n.Value }}
	case *ast.IdentifierNode:
		if i := slices.IndexFunc(known, func(k knownIdentifier) bool { return k.name == n.Value }); i >= 0 {
			return known[i].formula()
		}
	case *ast.UnaryNode:
		return changed(n.Operator, newFormula(n.Node, known))
	case *ast.BinaryNode:
		return combined(n.Operator, newFormula(n.Left, known), newFormula(n.Right, known))
	case *ast.ConditionalNode:
		return choose(newFormula(n.Cond, known), newFormula(n.Exp1, known), newFormula(n.Exp2, known))
	}
	return formula{}
}

// formula is what an identifier gives. Whether it is missing was looked at before.
func (k *knownIdentifier) formula() formula {
	switch {
	case k.exact != nil:
		return formula{whole: func(r *row) int { return int(k.exact(r)) }}
	case k.ratio != nil:
		return formula{float: func(r *row) float64 { v, _ := k.ratio(r).Float(); return v }}
	}
	return formula{truth: k.flag, text: k.text}
}

// floating is a number as a float; nil for what is none.
func (f formula) floating() func(r *row) float64 {
	if whole := f.whole; whole != nil {
		return func(r *row) float64 { return float64(whole(r)) }
	}
	return f.float
}

func changed(operator string, of formula) formula {
	switch whole, float, truth := of.whole, of.float, of.truth; {
	case operator == "+" && (whole != nil || float != nil):
		return of
	case operator == "-" && whole != nil:
		return formula{whole: func(r *row) int { return -whole(r) }}
	case operator == "-" && float != nil:
		return formula{float: func(r *row) float64 { return -float(r) }}
	case (operator == "not" || operator == "!") && truth != nil:
		return formula{truth: func(r *row) bool { return !truth(r) }}
	}
	return formula{}
}

func combined(operator string, a, b formula) formula {
	x, y := a.floating(), b.floating()
	switch {
	case a.whole != nil && b.whole != nil && operator != "/":
		return both(operator, a.whole, b.whole, func(f func(r *row) int) formula { return formula{whole: f} })
	case x != nil && y != nil && operator == "/":
		return formula{float: func(r *row) float64 { return x(r) / y(r) }}
	case x != nil && y != nil:
		return both(operator, x, y, func(f func(r *row) float64) formula { return formula{float: f} })
	case a.text != nil && b.text != nil:
		return compared(operator, a.text, b.text)
	case a.truth != nil && b.truth != nil:
		p, q := a.truth, b.truth
		switch operator {
		case "and", "&&":
			return formula{truth: func(r *row) bool { return p(r) && q(r) }}
		case "or", "||":
			return formula{truth: func(r *row) bool { return p(r) || q(r) }}
		case "==":
			return formula{truth: func(r *row) bool { return p(r) == q(r) }}
		case "!=":
			return formula{truth: func(r *row) bool { return p(r) != q(r) }}
		}
	}
	return formula{}
}

// both compiles an operator between two numbers of one type.
func both[T int | float64](operator string, x, y func(r *row) T, number func(func(r *row) T) formula) formula {
	switch operator {
	case "+":
		return number(func(r *row) T { return x(r) + y(r) })
	case "-":
		return number(func(r *row) T { return x(r) - y(r) })
	case "*":
		return number(func(r *row) T { return x(r) * y(r) })
	}
	return compared(operator, x, y)
}

// compared compiles a comparison. The operators are those of Go, to which NaN is not equal and neither less nor more.
func compared[T cmp.Ordered](operator string, x, y func(r *row) T) formula {
	var truth func(r *row) bool
	switch operator {
	case "==":
		truth = func(r *row) bool { return x(r) == y(r) }
	case "!=":
		truth = func(r *row) bool { return x(r) != y(r) }
	case "<":
		truth = func(r *row) bool { return x(r) < y(r) }
	case "<=":
		truth = func(r *row) bool { return x(r) <= y(r) }
	case ">":
		truth = func(r *row) bool { return x(r) > y(r) }
	case ">=":
		truth = func(r *row) bool { return x(r) >= y(r) }
	}
	return formula{truth: truth}
}

// choose compiles ?: between two of one type.
func choose(cond, yes, no formula) formula {
	if cond.truth == nil {
		return formula{}
	}
	switch {
	case yes.whole != nil && no.whole != nil:
		return formula{whole: either(cond.truth, yes.whole, no.whole)}
	case yes.float != nil && no.float != nil:
		return formula{float: either(cond.truth, yes.float, no.float)}
	case yes.truth != nil && no.truth != nil:
		return formula{truth: either(cond.truth, yes.truth, no.truth)}
	case yes.text != nil && no.text != nil:
		return formula{text: either(cond.truth, yes.text, no.text)}
	}
	return formula{}
}

func either[T any](cond func(r *row) bool, yes, no func(r *row) T) func(r *row) T {
	return func(r *row) T {
		if cond(r) {
			return yes(r)
		}
		return no(r)
	}
}

package layout

import (
	"errors"
	"math"
	"math/bits"
	"slices"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/expr-lang/expr/ast"
)

var errOverflow = errors.New("overflows 64 bits")

// exactInt is an integer formula: a value, wfm.Missing, or an error where 64 bits do not hold it.
type exactInt func(r *row) (int64, error)

// exactRoot compiles a formula of integers, or a quotient of two; nil where it is not of that kind.
func exactRoot(n ast.Node, known []knownIdentifier) func(r *row) (number, error) {
	if q, ok := n.(*ast.BinaryNode); ok && q.Operator == "/" {
		num, den := exactNode(q.Left, known), exactNode(q.Right, known)
		if num == nil || den == nil {
			return nil
		}
		return func(r *row) (number, error) {
			a, err := num(r)
			if err != nil {
				return number{}, err
			}
			b, err := den(r)
			return number{ratio: wfm.Ratio{Num: a, Den: b}}, err
		}
	}
	whole := exactNode(n, known)
	if whole == nil {
		return nil
	}
	return func(r *row) (number, error) {
		v, err := whole(r)
		return number{ratio: wfm.Ratio{Num: v, Den: 1}}, err
	}
}

func exactNode(n ast.Node, known []knownIdentifier) exactInt {
	switch n := n.(type) {
	case *ast.IntegerNode:
		v := int64(n.Value)
		return func(*row) (int64, error) { return v, nil }
	case *ast.IdentifierNode:
		i := slices.IndexFunc(known, func(k knownIdentifier) bool { return k.name == n.Value })
		if i < 0 || known[i].exact == nil {
			return nil
		}
		get := known[i].exact
		return func(r *row) (int64, error) { return get(r), nil }
	case *ast.UnaryNode:
		of := exactNode(n.Node, known)
		if of == nil || n.Operator != "-" && n.Operator != "+" {
			return nil
		}
		if n.Operator == "+" {
			return of
		}
		return combine(func(*row) (int64, error) { return 0, nil }, of, subtract)
	case *ast.ConditionalNode:
		return exactChoice(n, known)
	case *ast.BinaryNode:
		if sum := exactSum(n, known); sum != nil {
			return sum
		}
		op, ok := map[string]func(a, b int64) (int64, bool){"+": add, "-": subtract, "*": multiply}[n.Operator]
		left, right := exactNode(n.Left, known), exactNode(n.Right, known)
		if n.Operator == "??" && left != nil && right != nil {
			return orElse(left, right)
		}
		if !ok || left == nil || right == nil {
			return nil
		}
		if zero, ok := n.Right.(*ast.IntegerNode); ok && zero.Value == 0 && n.Operator != "*" { // settings leave such behind
			return left
		}
		return combine(left, right, op)
	}
	return nil
}

// exactSum compiles a sum or difference of counters, such as tAgentNotAvailable + tAgentDnd, which most formulas are,
// to one loop; nil where anything else is in it. Zeros, which settings leave behind, are dropped.
func exactSum(n ast.Node, known []knownIdentifier) exactInt {
	var counters []wfm.Counter
	var minus []bool
	collect := func(n ast.Node, negative bool) bool {
		if zero, ok := n.(*ast.IntegerNode); ok && zero.Value == 0 && len(counters) > 0 {
			return true
		}
		name, ok := n.(*ast.IdentifierNode)
		if !ok {
			return false
		}
		i := slices.IndexFunc(known, func(k knownIdentifier) bool { return k.name == name.Value })
		if i < 0 || !known[i].counter {
			return false
		}
		counters, minus = append(counters, known[i].counters[0]), append(minus, negative)
		return true
	}
	var walk func(n ast.Node) bool
	walk = func(n ast.Node) bool {
		sum, ok := n.(*ast.BinaryNode)
		if !ok || sum.Operator != "+" && sum.Operator != "-" {
			return collect(n, false)
		}
		return walk(sum.Left) && collect(sum.Right, sum.Operator == "-")
	}
	if !walk(n) {
		return nil
	}
	return func(r *row) (int64, error) {
		total := int64(0)
		for i, c := range counters {
			v := r.counts.Get(c)
			if v == wfm.Missing {
				return v, nil
			}
			var ok bool
			if minus[i] {
				total, ok = subtract(total, v)
			} else {
				total, ok = add(total, v)
			}
			if !ok || total == wfm.Missing {
				return 0, errOverflow
			}
		}
		return total, nil
	}
}

// orElse gives the right value where the left one is missing.
func orElse(left, right exactInt) exactInt {
	return func(r *row) (int64, error) {
		if v, err := left(r); err != nil || v != wfm.Missing {
			return v, err
		}
		return right(r)
	}
}

func combine(left, right exactInt, op func(a, b int64) (int64, bool)) exactInt {
	return func(r *row) (int64, error) {
		a, err := left(r)
		if err != nil {
			return 0, err
		}
		b, err := right(r)
		if err != nil {
			return 0, err
		}
		if a == wfm.Missing || b == wfm.Missing {
			return wfm.Missing, nil
		}
		v, ok := op(a, b)
		if !ok || v == wfm.Missing {
			return 0, errOverflow
		}
		return v, nil
	}
}

func add(a, b int64) (int64, bool)      { s := a + b; return s, (s > a) == (b > 0) }
func subtract(a, b int64) (int64, bool) { s := a - b; return s, (s < a) == (b > 0) }

func multiply(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(magnitude(a), magnitude(b))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(lo), true
	}
	return int64(lo), true
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return -uint64(v)
	}
	return uint64(v)
}

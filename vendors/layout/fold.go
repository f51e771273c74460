package layout

import (
	"cmp"
	"strconv"

	"github.com/expr-lang/expr/ast"
)

// settingChoice is a visitor that settles conditions on settings, which hold for the whole feed: of a ?: whose condition
// depends on settings alone the branch that is taken remains. So a formula reads no column that only another choice of
// the site would need.
type settingChoice struct{ values map[string]any }

func newSettingChoice(settings []Setting, values map[string]string) settingChoice {
	known := map[string]any{}
	for _, s := range settings {
		known[s.Name] = values[s.Name]
		if s.Number {
			number, _ := strconv.Atoi(values[s.Name]) // checked with the setting
			known[s.Name] = number
		}
	}
	return settingChoice{known}
}

// Visit implements [ast.Visitor]. Inner nodes come first.
func (c settingChoice) Visit(node *ast.Node) {
	choice, ok := (*node).(*ast.ConditionalNode)
	if !ok {
		return
	}
	switch c.constant(choice.Cond) {
	case true:
		*node = choice.Exp1
	case false:
		*node = choice.Exp2
	}
}

// constant evaluates a node of settings and literals; nil where it is anything else.
func (c settingChoice) constant(n ast.Node) any {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return c.values[n.Value]
	case *ast.IntegerNode:
		return n.Value
	case *ast.StringNode:
		return n.Value
	case *ast.UnaryNode:
		if v, ok := c.constant(n.Node).(bool); ok && (n.Operator == "not" || n.Operator == "!") {
			return !v
		}
	case *ast.BinaryNode:
		return compareConstants(n.Operator, c.constant(n.Left), c.constant(n.Right))
	}
	return nil
}

func compareConstants(operator string, a, b any) any {
	switch a := a.(type) {
	case bool:
		if b, ok := b.(bool); ok {
			switch operator {
			case "and", "&&":
				return a && b
			case "or", "||":
				return a || b
			}
		}
	case int:
		if b, ok := b.(int); ok {
			return ordered(operator, cmp.Compare(a, b))
		}
	case string:
		if b, ok := b.(string); ok {
			return ordered(operator, cmp.Compare(a, b))
		}
	}
	return nil
}

func ordered(operator string, order int) any {
	switch operator {
	case "==":
		return order == 0
	case "!=":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	}
	return nil
}

// exactChoice compiles ?: with a condition that compares a text of the row with a literal, such as
// workgroup == ” ? 0 : nAnsweredAcd, or that is a flag of the row, such as handled, or that joins such by and, or and not, of which
// only the branch that is taken counts; nil where it is not of that kind.
func exactChoice(n *ast.ConditionalNode, known []knownIdentifier) exactInt {
	cond, yes, no := exactCondition(n.Cond, known), exactNode(n.Exp1, known), exactNode(n.Exp2, known)
	if cond == nil || yes == nil || no == nil {
		return nil
	}
	return func(r *row) (int64, error) {
		if cond(r) {
			return yes(r)
		}
		return no(r)
	}
}

// exactCondition compiles the condition of an exactChoice.
func exactCondition(n ast.Node, known []knownIdentifier) func(r *row) bool {
	find := func(n ast.Node) *knownIdentifier {
		if name, ok := n.(*ast.IdentifierNode); ok {
			for i := range known {
				if known[i].name == name.Value {
					return &known[i]
				}
			}
		}
		return nil
	}
	switch n := n.(type) {
	case *ast.IdentifierNode:
		if k := find(n); k != nil {
			return k.flag
		}
	case *ast.UnaryNode:
		if of := exactCondition(n.Node, known); of != nil && (n.Operator == "not" || n.Operator == "!") {
			return func(r *row) bool { return !of(r) }
		}
	case *ast.BinaryNode:
		if a, b := exactCondition(n.Left, known), exactCondition(n.Right, known); a != nil && b != nil {
			switch n.Operator {
			case "or", "||":
				return func(r *row) bool { return a(r) || b(r) }
			case "and", "&&":
				return func(r *row) bool { return a(r) && b(r) }
			}
			return nil
		}
		k := find(n.Left)
		literal, ok := n.Right.(*ast.StringNode)
		if ok && k != nil && k.text != nil && (n.Operator == "==" || n.Operator == "!=") {
			get, equal := k.text, n.Operator == "=="
			return func(r *row) bool { return (get(r) == literal.Value) == equal }
		}
	}
	return nil
}

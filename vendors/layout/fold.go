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
// workgroup == ” ? 0 : nAnsweredAcd, of which only the branch that is taken counts; nil where it is not of that kind.
func exactChoice(n *ast.ConditionalNode, known []knownIdentifier) exactInt {
	cond, ok := n.Cond.(*ast.BinaryNode)
	if !ok || cond.Operator != "==" && cond.Operator != "!=" {
		return nil
	}
	name, okName := cond.Left.(*ast.IdentifierNode)
	literal, okLiteral := cond.Right.(*ast.StringNode)
	yes, no := exactNode(n.Exp1, known), exactNode(n.Exp2, known)
	if !okName || !okLiteral || yes == nil || no == nil {
		return nil
	}
	equal := cond.Operator == "=="
	for i := range known {
		if get := known[i].text; known[i].name == name.Value && get != nil {
			return func(r *row) (int64, error) {
				if (get(r) == literal.Value) == equal {
					return yes(r)
				}
				return no(r)
			}
		}
	}
	return nil
}

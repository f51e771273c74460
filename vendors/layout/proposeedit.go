package layout

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
	"go.yaml.in/yaml/v3"
)

// edit is one change of a layout file, in words and as work on a copy of its nodes.
type edit struct {
	words  string
	apply  func(c *nodeCopy)
	whole  bool // about the file as such, and not its rows
	column bool // about what single columns hold
}

// nodeCopy is a copy of the nodes of a layout file that edits change; the layout keeps its own.
type nodeCopy struct {
	root *yaml.Node
	of   map[*yaml.Node]*yaml.Node
}

func copyNodes(n *yaml.Node) *nodeCopy {
	c := &nodeCopy{of: map[*yaml.Node]*yaml.Node{}}
	var walk func(n *yaml.Node) *yaml.Node
	walk = func(n *yaml.Node) *yaml.Node {
		to := *n
		to.Content = make([]*yaml.Node, len(n.Content))
		for i, child := range n.Content {
			to.Content[i] = walk(child)
		}
		c.of[n] = &to
		return &to
	}
	c.root = walk(n)
	return c
}

// text writes the nodes as a file.
func (c *nodeCopy) text() ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(c.root); err != nil {
		return nil, err
	}
	return b.Bytes(), enc.Close()
}

// valueOf finds the value of a key; nil for none.
func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; mapping != nil && mapping.Kind == yaml.MappingNode && i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

func scalarNode(value string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(value)
	if n.ShortTag() == "!!str" && (value == "true" || value == "false" || strings.Trim(value, "0123456789") == "" && value != "") {
		n.Style = 0
		n.Tag = "" // a plain word or number, as people write it
	}
	return n
}

func setKey(mapping *yaml.Node, key, value string) {
	to := scalarNode(value)
	if old := valueOf(mapping, key); old != nil {
		to.HeadComment, to.LineComment, to.FootComment = old.HeadComment, old.LineComment, old.FootComment
		*old = *to
		return
	}
	mapping.Content = append(mapping.Content, scalarNode(key), to)
}

func dropKey(mapping *yaml.Node, key string) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			mapping.Content = slices.Delete(mapping.Content, i, i+2)
			return
		}
	}
}

// set notes an edit of one key.
func (p *proof) set(mapping *yaml.Node, key, value, where string) {
	p.setNote(mapping, key, value, where, nil)
}

func (p *proof) setNote(mapping *yaml.Node, key, value, where string, others []string) {
	words := fmt.Sprintf("%s becomes %s", where, wfm.Quote(value))
	if old := valueOf(mapping, key); old != nil && old.Kind == yaml.ScalarNode {
		words = fmt.Sprintf("%s becomes %s instead of %s", where, wfm.Quote(value), wfm.Quote(old.Value))
		for _, s := range p.layout.settings {
			reason, _ := s.check(value)
			if old.Value == "{"+s.Name+"}" && reason == "" {
				words += "; instead of this change a feed can set " + s.Name + "=" + value
			}
		}
	}
	if len(others) > 0 {
		words += "; the sample would also fit " + strings.Join(others[:min(len(others), 3)], ", ")
	}
	if !slices.ContainsFunc(p.edits, func(e edit) bool { return e.words == words }) {
		p.edits = append(p.edits, edit{words: words, whole: mapping == p.file.node, column: p.inColumns, apply: func(c *nodeCopy) { setKey(c.of[mapping], key, value) }})
	}
}

// parentOf finds the list that holds a node.
func parentOf(root, n *yaml.Node) (list *yaml.Node, at int) {
	for i, child := range root.Content {
		if child == n {
			return root, i
		}
		if list, at := parentOf(child, n); list != nil {
			return list, at
		}
	}
	return nil, 0
}

// remove takes a line out of its list.
func remove(n *yaml.Node, where, shows string) edit {
	return edit{words: fmt.Sprintf("%s loses the line %s", where, wfm.Quote(shows)), apply: func(c *nodeCopy) {
		if list, at := parentOf(c.root, c.of[n]); list != nil {
			list.Content = slices.Delete(list.Content, at, at+1)
		}
	}}
}

// replaceLine makes a title line one of fixed text and times.
func replaceLine(n *yaml.Node, text, old string) edit {
	return edit{words: fmt.Sprintf("the title line %s becomes %s", wfm.Quote(old), wfm.Quote(text)), apply: func(c *nodeCopy) {
		to := c.of[n]
		*to = yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle, HeadComment: to.HeadComment, LineComment: to.LineComment}
		if text == "" {
			setKey(to, "blank", "true")
		} else {
			setKey(to, "text", text)
		}
	}}
}

// addTitle adds a line of the sample to the head or foot, before the line of the layout with the number next.
func (p *proof) addTitle(t *table, key string, specs []lineSpec, next int, have sampleLine) {
	line := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	words := fmt.Sprintf("%s of section %s gets the line %s", key, t.name, wfm.Quote(have.text))
	text, ok := timeTemplate([]string{have.text}, "")
	if !ok {
		text = braces(have.text)
	}
	cells := p.titleCells(lineSpec{}, have)
	hasColumnLine := slices.ContainsFunc(specs, func(s lineSpec) bool { return s.columns })
	columnLine := key == "head" && !hasColumnLine && len(cells) == len(t.section.columns) && len(cells) > 1 && !p.rows.fixed
	switch {
	case columnLine:
		setKey(line, "columns", "true")
		words += ", that of the columns"
		for i, cell := range cells {
			if cell != t.section.columns[i].title {
				p.set(t.specs[i].node, "title", cell, "column "+t.section.columns[i].name+".title")
			}
		}
	case have.text == "":
		setKey(line, "blank", "true")
	default:
		setKey(line, "text", text)
	}
	p.edits = append(p.edits, edit{words: words, apply: func(c *nodeCopy) {
		list := valueOf(c.of[t.node], key)
		if list == nil {
			list = &yaml.Node{Kind: yaml.SequenceNode}
			section := c.of[t.node]
			section.Content = append(section.Content, scalarNode(key), list)
		}
		at := len(list.Content)
		for next < len(specs) && at == len(list.Content) { // that line may be gone
			if of, i := parentOf(list, c.of[specs[next].node]); of == list {
				at = i
			}
			next++
		}
		list.Content = slices.Insert(list.Content, at, line)
	}})
}

// reorder puts the sections of a layout into another order.
func reorder(root *yaml.Node, key string, old, order []*table) edit {
	var names []string
	for _, t := range order {
		names = append(names, t.name)
	}
	return edit{words: key + " stand in the order " + strings.Join(names, ", "), apply: func(c *nodeCopy) {
		list := valueOf(c.root, key)
		var places []int
		for _, t := range old {
			_, at := parentOf(list, c.of[t.node])
			places = append(places, at)
		}
		for i, t := range order {
			list.Content[places[i]] = c.of[t.node]
		}
	}}
}

// Text writes the layout as a file: as it was parsed, with its comments, though long texts may be broken elsewhere.
func (l *Layout) Text() ([]byte, error) { return copyNodes(l.node).text() }

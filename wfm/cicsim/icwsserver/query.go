package icwsserver

import (
	"strconv"
	"strings"
)

// field reads a part of an id by the name that where and orderBy use.
func field(name string) func(configID) string {
	switch strings.ToLower(name) {
	case "configurationid", "configurationid.id":
		return func(id configID) string { return id.ID }
	case "configurationid.displayname":
		return func(id configID) string { return id.Name }
	}
	return nil
}

// parseWhere reads "configurationId.id sw St" or "configurationId.id eq Sales", letter case ignored. Empty keeps all.
func parseWhere(text string) (keep func(configID) bool, f *fault) {
	if text = strings.TrimSpace(text); text == "" {
		return func(configID) bool { return true }, nil
	}
	name, rest, _ := strings.Cut(text, " ")
	op, value, there := strings.Cut(strings.TrimSpace(rest), " ")
	get := field(name)
	if get == nil || !there {
		return nil, invalid("where")
	}
	if value = strings.TrimSpace(value); len(value) >= 2 && (value[0] == '"' || value[0] == '\'') && value[len(value)-1] == value[0] {
		value = value[1 : len(value)-1]
	}
	value = strings.ToLower(value)
	switch strings.ToLower(op) {
	case "sw":
		return func(id configID) bool { return strings.HasPrefix(strings.ToLower(get(id)), value) }, nil
	case "eq":
		return func(id configID) bool { return strings.ToLower(get(id)) == value }, nil
	}
	return nil, invalid("where")
}

// parseOrder reads "configurationId.id" or "configurationId.displayName desc". Empty orders by id.
func parseOrder(text string) (func(a, b configID) int, *fault) {
	words := strings.Fields(text)
	if len(words) == 0 {
		words = []string{"configurationId.id"}
	}
	get := field(words[0])
	sign := 1
	if len(words) == 2 && strings.EqualFold(words[1], "desc") {
		sign = -1
	} else if len(words) > 2 || len(words) == 2 && !strings.EqualFold(words[1], "asc") {
		get = nil
	}
	if get == nil {
		return nil, invalid("orderBy")
	}
	return func(a, b configID) int {
		return sign * strings.Compare(strings.ToLower(get(a)), strings.ToLower(get(b)))
	}, nil
}

// parseRange reads "items=0-199"; without the second number it goes to the end.
func parseRange(text string) (first, last int, f *fault) {
	bad := badRequest("The header Range is not valid.")
	unit, span, there := strings.Cut(strings.ReplaceAll(text, " ", ""), "=")
	from, to, dash := strings.Cut(span, "-")
	if !there || !dash || !strings.EqualFold(unit, "items") {
		return 0, 0, bad
	}
	first, err := strconv.Atoi(from)
	if err != nil || first < 0 {
		return 0, 0, bad
	}
	const most = 1 << 30
	if to == "" {
		return first, most, nil
	}
	if last, err = strconv.Atoi(to); err != nil || last < first {
		return 0, 0, bad
	}
	return first, min(last, most), nil
}

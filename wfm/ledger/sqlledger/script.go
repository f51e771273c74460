package sqlledger

import (
	"fmt"
	"strings"
)

// schemaMark stands in scripts before each name that belongs to a schema. It is a comment, so that a
// script can be run as it stands.
const schemaMark = "/*schema*/"

// Script returns the script that makes the tables in a schema, for an administrator to read and to
// run first: the very statements that New would run. "" is the login's default schema. Its head
// lists the rights that the service needs.
func Script(d Dialect, schema string) (string, error) {
	prefix, err := d.Prefix(schema)
	if err != nil {
		return "", err
	}
	return strings.ReplaceAll(d.Script(), schemaMark, prefix), nil
}

// versions splits a script into the statements of each version. A line "-- version 1" begins
// version 1 and so on; other lines that begin with -- are comments; a semicolon at the end of a
// line ends a statement and is no part of it.
func versions(script string) ([][]string, error) {
	var list [][]string
	var statement []string
	for n, line := range strings.Split(script, "\n") {
		text := strings.TrimSpace(line)
		var version int
		if _, err := fmt.Sscanf(text, "-- version %d", &version); err == nil {
			if version != len(list)+1 || len(statement) > 0 {
				return nil, fmt.Errorf("line %d: version %d is out of place", n+1, version)
			}
			list = append(list, nil)
			continue
		}
		if text == "" || strings.HasPrefix(text, "--") {
			continue
		}
		if len(list) == 0 {
			return nil, fmt.Errorf("line %d: a statement stands before the first version", n+1)
		}
		line, ends := strings.CutSuffix(strings.TrimRight(line, " \t\r"), ";")
		statement = append(statement, line)
		if ends {
			list[len(list)-1] = append(list[len(list)-1], strings.Join(statement, "\n"))
			statement = nil
		}
	}
	if len(statement) > 0 {
		return nil, fmt.Errorf("the last statement has no semicolon: %s", statement[0])
	}
	return list, nil
}

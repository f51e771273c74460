package config

import (
	"strconv"
	"strings"
)

// mostShown is how many names a remedy lists.
const mostShown = 20

// nearest returns the name that was probably meant, or "".
func nearest(word string, names []string) string {
	if len(word) > 60 || strings.ContainsAny(word, "0123456789") {
		return ""
	}
	best, least := "", max(len(word)/3, 1)+1
	for _, n := range names {
		if d := distance(fold(word), fold(n)); d < least {
			best, least = n, d
		}
	}
	return best
}

func fold(s string) string { return strings.ReplaceAll(strings.ToLower(s), "_", "-") }

// meant is the remedy for a name that is none of the known ones.
func meant(word string, names []string, none string) string {
	switch like := nearest(word, names); {
	case like != "":
		return "did you mean " + like + "?"
	case len(names) == 0:
		return none
	}
	if len(names) > mostShown {
		return "use one of the " + strconv.Itoa(len(names)) + ", such as " + strings.Join(names[:mostShown], ", ")
	}
	return "use one of " + strings.Join(names, ", ")
}

// distance is how many letters must be added, left out, changed or swapped with their neighbour to make b of a.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	var before, last, row []int
	for j := range len(y) + 1 {
		last = append(last, j)
	}
	for i := range x {
		row = append(make([]int, 0, len(y)+1), i+1)
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			d := min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				d = min(d, before[j-1]+1)
			}
			row = append(row, d)
		}
		before, last = last, row
	}
	return last[len(y)]
}

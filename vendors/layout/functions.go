package layout

// Function is one that formulas may use.
type Function struct {
	Name string
	// Usage shows the arguments, Meaning says in a phrase what comes out.
	Usage, Meaning string
	// Example is a formula whose value is Result.
	Example, Result string
}

// Functions lists the functions of formulas. Each depends on its arguments alone, so that a file is the same on every machine;
// there are none for the present time, for chance, or for loops. Numbers are whole (int) or have decimals (float); a
// division always gives a float.
//
// Operators are + - * / % and == != < <= > >=, and or not (also && || !), + joins texts, ?: chooses. In scope are every
// counter by its CIC column and every derived value by its name, in sections of statistics; the identities and times that
// the grain has, times as seconds since 1970; and the layout's settings.
func Functions() []Function {
	return []Function{
		{"abs", "abs(n)", "n without its sign", `abs(-3)`, "3"},
		{"ceil", "ceil(n)", "the next whole number above, as float", `ceil(1.2)`, "2"},
		{"floor", "floor(n)", "the next whole number below, as float", `floor(1.8)`, "1"},
		{"round", "round(n)", "the nearest whole number, halves away from zero, as float", `round(2.5)`, "3"},
		{"min", "min(a, b, …)", "the smallest", `min(4, 2, 3)`, "2"},
		{"max", "max(a, b, …)", "the largest", `max(4, 2, 3)`, "4"},
		{"int", "int(n)", "n without decimals, or the whole number that a text shows", `int(3.9)`, "3"},
		{"float", "float(n)", "n as float, or the number that a text shows", `float("1.5")`, "1.5"},
		{"string", "string(v)", "v as text", `string(12) + "s"`, "12s"},
		{"len", "len(text)", "the number of characters", `len("Köln")`, "4"},
		{"trim", "trim(text)", "text without blanks at both ends", `trim("  a ")`, "a"},
		{"trimPrefix", "trimPrefix(text, start)", "text without this start", `trimPrefix("WG_Sales", "WG_")`, "Sales"},
		{"trimSuffix", "trimSuffix(text, end)", "text without this end", `trimSuffix("Sales_DE", "_DE")`, "Sales"},
		{"upper", "upper(text)", "text in upper case", `upper("ann")`, "ANN"},
		{"lower", "lower(text)", "text in lower case", `lower("Ann")`, "ann"},
		{"replace", "replace(text, old, new)", "text with every old replaced", `replace("a b c", " ", "_")`, "a_b_c"},
		{"hasPrefix", "hasPrefix(text, start)", "whether text begins so", `hasPrefix("Sales", "Sa") ? "yes" : "no"`, "yes"},
		{"hasSuffix", "hasSuffix(text, end)", "whether text ends so", `hasSuffix("Sales", "Sa") ? "yes" : "no"`, "no"},
		{"indexOf", "indexOf(text, part)", "where the part begins in text, from 0; -1 for nowhere", `indexOf("Sales", "l")`, "2"},
	}
}

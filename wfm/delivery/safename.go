package delivery

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cicwfm/cicwfm/wfm"
)

// MaxName is the longest file name in bytes that SafeName returns. It is the limit of common file
// systems; Windows counts UTF-16 units, of which a name never has more than bytes.
const MaxName = 255

// SafeName turns the name of an artifact into a file name that stays inside its folder, on Linux
// and on Windows alike: the same rule everywhere, so that a feed may move between machines.
// Transports call it once on Artifact.Name and use the result for the destination.
//
// Names come from layouts and from workgroups, and a workgroup may be called "Sales/Support" or
// "Q&A: why?". What such a name may legitimately bring is escaped as in a URL: a percent sign and
// two upper-case hexadecimal digits.
//
//	/ \ : * ? " < > | %             wherever they stand
//	a full stop or blank            at the start and at the end, where Windows drops it, or where
//	                                it would hide the file
//	the first letter of a device    CON, PRN, AUX, NUL, COM0…9, LPT0…9, CONIN$, CONOUT$, with any
//	                                extension: CON.txt becomes %43ON.txt
//
// Percent signs are escaped as well, so two different names never become the same; decoding gives
// the name back. What no honest name brings is refused with a wfm.Problem: an empty name, "." and
// "..", control characters, invalid UTF-8, and names of more than MaxName bytes after escaping (a
// cut could make two names the same).
//
// Names that differ only in letter case, or only in how an accent is composed, stay different
// here, but are one file on systems that fold them: it is the layouts' business to avoid that.
func SafeName(name string) (string, error) {
	var problems []error
	refuse := func(reason, remedy string) {
		problems = append(problems, wfm.Problem{Field: "file name", Value: name, Reason: reason, Remedy: remedy})
	}
	const layout = "correct the file name in the layout"
	switch {
	case name == "":
		refuse("is empty", layout)
	case name == "." || name == "..":
		refuse("names a folder", layout)
	case !utf8.ValidString(name):
		refuse("is not valid UTF-8", "correct the workgroup or agent name that it is made of")
	case strings.ContainsFunc(name, unicode.IsControl):
		refuse("contains a control character", "correct the workgroup or agent name that it is made of")
	}
	safe := escape(name)
	if len(safe) > MaxName {
		refuse("is longer than 255 bytes", "shorten the file name in the layout, or the name of the workgroup")
	}
	if err := errors.Join(problems...); err != nil {
		return "", err
	}
	return safe, nil
}

// escape writes each byte that may not stand where it stands as %XX.
func escape(name string) string {
	first := len(name) - len(strings.TrimLeft(name, ". "))
	last := len(strings.TrimRight(name, ". "))
	device := isDevice(name)
	var b strings.Builder
	for i := range len(name) {
		c := name[i]
		edge := i < first || i >= last
		if edge || (i == 0 && device) || strings.IndexByte(`/\:*?"<>|%`, c) >= 0 {
			const digits = "0123456789ABCDEF"
			b.WriteByte('%')
			b.WriteByte(digits[c>>4])
			b.WriteByte(digits[c&15])
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// isDevice tells whether Windows takes a name for a device. What counts is the part before the
// first full stop, without trailing blanks and whatever its case.
func isDevice(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	base = strings.ToUpper(strings.TrimRight(base, " "))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	for _, port := range []string{"COM", "LPT"} {
		// Windows counts the superscript digits too.
		if number, ok := strings.CutPrefix(base, port); ok && utf8.RuneCountInString(number) == 1 {
			return strings.Contains("0123456789¹²³", number)
		}
	}
	return false
}

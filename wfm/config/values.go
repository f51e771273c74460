package config

import (
	"math"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Duration is a length of time, written as 90s, 10m, 48h or 400d; a day is 24 hours.
type Duration time.Duration

// D returns the duration.
func (d Duration) D() time.Duration { return time.Duration(d) }

// String writes the duration in the largest units that fit.
func (d Duration) String() string {
	const day = 24 * time.Hour
	t := time.Duration(d)
	switch {
	case t == 0:
		return "0s"
	case t%day == 0 && t/day > 2:
		return strconv.FormatInt(int64(t/day), 10) + "d"
	}
	text := t.String()
	for _, zero := range []string{"m0s", "h0m"} { // 10m0s is 10m
		if strings.HasSuffix(text, zero) {
			text = strings.TrimSuffix(text, zero[1:])
		}
	}
	return text
}

// ParseDuration reads what String writes, and combinations such as 1d12h30m, up to 65535 days.
func ParseDuration(text string) (Duration, bool) {
	days, rest, ok := strings.Cut(text, "d")
	switch {
	case text == "":
		return 0, false
	case !ok:
		days, rest = "0", text
	}
	n, err := strconv.ParseUint(days, 10, 16)
	if err != nil {
		return 0, false
	}
	var t time.Duration
	if rest != "" {
		if t, err = time.ParseDuration(rest); err != nil || t < 0 || strings.HasPrefix(rest, "+") {
			return 0, false
		}
	}
	const day = 24 * time.Hour
	if whole := time.Duration(n) * day; t <= math.MaxUint16*day-whole {
		return Duration(whole + t), true
	}
	return 0, false
}

const durationForm = "write a number with a unit, such as 90s, 10m, 48h or 400d"

func (d *Duration) readNode(r *reader, n *yaml.Node, path string) {
	text, ok := r.text(n, path)
	if !ok {
		return
	}
	v, ok := ParseDuration(text)
	if !ok {
		r.bad(path, text, "is not a length of time", durationForm)
		return
	}
	*d = v
}

func (d Duration) write() string { return d.String() }

// Path is the path of a file or folder. A relative one counts from the folder of the configuration file; .. is permitted.
type Path string

// Zone is the IANA name of a time zone, such as Europe/Berlin.
type Zone string

// Secret says where a secret is: in a file, or in an environment variable. The value never stands in the configuration.
type Secret struct {
	File Path   `yaml:"file" doc:"File that holds the secret and nothing else; a line end after it does not count."`
	Env  string `yaml:"env" doc:"Environment variable that holds the secret."`
}

// IsZero tells whether no secret is named.
func (s Secret) IsZero() bool { return s == Secret{} }

const secretForm = "write {file: path} or {env: NAME}, and put the secret there"

// readNode never shows anything of what stands in the place of a reference: it may be the secret.
func (s *Secret) readNode(r *reader, n *yaml.Node, path string) {
	if n.Kind != yaml.MappingNode {
		r.bad(path, "", "is no reference to a secret", secretForm)
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Value != "file" && key.Value != "env" || value.Kind != yaml.ScalarNode || value.Value == "":
			r.bad(path, "", "is no reference to a secret", secretForm)
			return
		case key.Value == "file" && s.File == "":
			s.File = Path(value.Value)
		case key.Value == "env" && s.Env == "":
			s.Env = value.Value
		default:
			r.bad(path, "", "has a key twice", secretForm)
			return
		}
	}
	if (s.File == "") == (s.Env == "") {
		r.bad(path, "", "is not one reference to a secret", secretForm)
	}
}

func (s Secret) write() string {
	if s.Env != "" {
		return "{env: " + scalar(s.Env) + "}"
	}
	return "{file: " + scalar(string(s.File)) + "}"
}

// Workgroups are the workgroups of a historical feed.
type Workgroups struct {
	All   bool // every workgroup that has rows
	Names []string
}

func (w *Workgroups) readNode(r *reader, n *yaml.Node, path string) {
	if n.Kind == yaml.ScalarNode && n.Value == "all" {
		w.All = true
		return
	}
	if n.Kind != yaml.SequenceNode {
		r.bad(path, shown(n), "is neither a list nor the word all", "write [Sales, Support] or all")
		return
	}
	w.Names = r.texts(n, path)
}

func (w Workgroups) write() string {
	if w.All {
		return "all"
	}
	return list(w.Names)
}

// Code is what a product calls a status.
type Code struct{ Code, Reason string }

func (c *Code) readNode(r *reader, n *yaml.Node, path string) {
	if n.Kind == yaml.MappingNode {
		r.mapping(n, path, map[string]func(*yaml.Node, string){
			"code":   func(n *yaml.Node, path string) { c.Code, _ = r.text(n, path) },
			"reason": func(n *yaml.Node, path string) { c.Reason, _ = r.text(n, path) },
		})
		return
	}
	c.Code, _ = r.text(n, path)
}

func (c Code) write() string {
	if c.Reason == "" {
		return scalar(c.Code)
	}
	return "{code: " + scalar(c.Code) + ", reason: " + scalar(c.Reason) + "}"
}

// StatusMapRef is the name of a status map, or a map that stands in the feed.
type StatusMapRef struct {
	Name string
	Map  *StatusMap // nil where Name is set
}

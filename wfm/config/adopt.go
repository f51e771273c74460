package config

import (
	"errors"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

// adopt takes over the problems that another package found in what stands at a path, and points each at the key that it is about.
func (f *findings) adopt(at string, err error) {
	for _, one := range split(err) {
		p, ok := one.(wfm.Problem)
		if !ok {
			f.add(at, &wfm.Error{Op: f.where(at) + ": " + at, Kind: wfm.KindOf(one), Err: one})
			continue
		}
		if p.Where != "" && !strings.HasPrefix(p.Field, "setting ") { // a line of another file
			p.Field = strings.TrimSpace(p.Where + " " + p.Field)
			p.Where, p.Field = f.where(at), at+": "+p.Field
			f.add(at, p)
			continue
		}
		p.Where = f.where(at)
		if path := f.keyOf(at, p.Field); path != "" {
			p.Where, p.Field = f.where(path), path
		} else {
			p.Field = at + ": " + p.Field
		}
		f.add(at, p)
	}
}

// pointAt gives problems about statuses the place of the status map that they are about.
func (f *findings) pointAt(mapAt string, err error) error {
	var list []error
	for _, one := range split(err) {
		p, ok := one.(wfm.Problem)
		key := map[string]string{"status": "statuses", "status group": "groups", "activity": "activities", "unmapped": "unmapped"}[p.Field]
		if ok && key != "" && mapAt != "" {
			p.Field = mapAt + "." + key
			if own := join(p.Field, p.Value); f.lines[own] > 0 {
				p.Field, p.Value = own, ""
			}
			one = p
		}
		list = append(list, one)
	}
	return errors.Join(list...)
}

// keyOf finds the key that the field of another package's problem stands for.
func (f *findings) keyOf(at, field string) string {
	name := field
	if f.lines[field] > 0 || strings.HasPrefix(field, "status-maps[") || strings.HasPrefix(field, "real-time[") {
		return field // a path already
	}
	switch rest, isSetting := strings.CutPrefix(field, "setting "); {
	case isSetting:
		return join(at+".settings", rest)
	case field == "queue-state level":
		name = "level"
	case field == "CA":
		name = "ca-file"
	case field == "URL", field == "URLs":
		name = "url"
	default:
		name = strings.ReplaceAll(strings.ToLower(field), " ", "-")
	}
	if f.lines[at+"."+name] == 0 {
		return ""
	}
	return at + "." + name
}

// split returns the errors that were joined, also inside each other.
func split(err error) (list []error) {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			list = append(list, split(e)...)
		}
		return list
	}
	return []error{err}
}

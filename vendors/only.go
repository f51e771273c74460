package vendors

import (
	"errors"
	"reflect"
	"slices"

	"github.com/cicwfm/cicwfm/wfm"
)

// Only refuses settings that are set and that an adapter has no use for, by the names of the fields that it does use. An adapter in plain Go
// calls it in its constructor; those made of layouts need not.
func (s Settings) Only(used ...string) error { return only(s, used) }

// Only is that of Settings for real time.
func (s RTASettings) Only(used ...string) error { return only(s, used) }

// only looks at the fields of a struct.
func only(settings any, used []string) error {
	var list []error
	v := reflect.ValueOf(settings)
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; !slices.Contains(used, name) && !v.Field(i).IsZero() {
			list = append(list, wfm.Problem{Field: "setting " + name, Reason: "has no effect on this product", Remedy: "take it out"})
		}
	}
	return errors.Join(list...)
}

package license

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/cicwfm/cicwfm/wfm"
)

// Feature is the name of a licence feature as CIC spells it, such as I3_FEATURE_WFM_HISTORICAL.
// Letter case does not tell features apart.
type Feature string

// FeatureHistorical is the feature of the historical module, from the requirements of the PureConnect
// manual "Workforce Management Integration".
const FeatureHistorical Feature = "I3_FEATURE_WFM_HISTORICAL"

// Module is one of the two that are licensed.
type Module string

// The modules.
const (
	Historical Module = "historical" // interval statistics
	RealTime   Module = "rta"        // real-time adherence
)

// FeatureReader reads the licence features of a CIC server. Implementations are safe for
// concurrent use.
type FeatureReader interface {
	// Features returns all features of the server, in any order. A server without any is an empty
	// list and no error; an error means that they are unknown, and its kind says why
	// (wfm.NoPermission where the account may not read them).
	Features(ctx context.Context, server string) ([]Feature, error)
}

// Declared is a FeatureReader for features that an administrator names, where the account may not
// read them from the servers.
type Declared struct {
	// ByServer holds the features of single servers, by the name in the configuration.
	ByServer map[string][]Feature
	// All are the features of the servers that ByServer does not name.
	All []Feature
}

var _ FeatureReader = Declared{}

// Features returns what was declared for the server.
func (d Declared) Features(ctx context.Context, server string) ([]Feature, error) {
	if list, ok := d.ByServer[server]; ok {
		return slices.Clone(list), ctx.Err()
	}
	return slices.Clone(d.All), ctx.Err()
}

// ParseFeatures reads a list such as "I3_FEATURE_WFM_HISTORICAL,I3_FEATURE_ICWS_SDK" from a command
// line or a setting. Blanks around a name are dropped and repeated names kept once, in their order;
// the empty text is the empty list. The error joins every wfm.Problem.
func ParseFeatures(text string) ([]Feature, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	var list []Feature
	var problems []error
	for name := range strings.SplitSeq(text, ",") {
		name = strings.TrimSpace(name)
		switch {
		case name == "":
			problems = append(problems, wfm.Problem{Field: "features", Value: text, Reason: "has an empty name",
				Remedy: "remove the comma too many"})
		case strings.ContainsFunc(name, func(r rune) bool {
			return unicode.IsSpace(r) || !unicode.IsPrint(r) || r == unicode.ReplacementChar
		}):
			problems = append(problems, wfm.Problem{Field: "features", Value: name, Reason: "is not the name of a feature",
				Remedy: "separate names with commas, as in I3_FEATURE_WFM_HISTORICAL,I3_FEATURE_ICWS_SDK"})
		case !has(list, Feature(name)):
			list = append(list, Feature(name))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return list, nil
}

func has(list []Feature, f Feature) bool {
	return slices.ContainsFunc(list, func(o Feature) bool { return strings.EqualFold(string(o), string(f)) })
}

// join lists features for a message.
func join(list []Feature) string {
	if len(list) == 0 {
		return "none"
	}
	names := make([]string, len(list))
	for i, f := range list {
		names[i] = string(f)
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

// Package all knows every adapter that ships with the library. It is the only place that imports
// them all; a program that wants one vendor only imports that one.
//
// Its place in the flow: a host asks [Registry] for an adapter by the name in its configuration,
// and gets a vendors.HistoricalEncoder or a vendors.RTAEncoder.
package all

import (
	"errors"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/aspect"
	"github.com/cicwfm/cicwfm/vendors/gmt"
	"github.com/cicwfm/cicwfm/vendors/injixo"
	"github.com/cicwfm/cicwfm/vendors/nice"
	"github.com/cicwfm/cicwfm/vendors/pipkins"
	"github.com/cicwfm/cicwfm/vendors/verint"
)

// Registry returns a new registry with all adapters. The error joins what is broken in their
// presets, which the tests of the library rule out.
func Registry() (vendors.Registry, error) {
	var entries []vendors.Entry
	var problems []error
	for _, make := range []func() (vendors.Entry, error){aspect.Entry, gmt.Entry, injixo.Entry, nice.Entry, pipkins.Entry, verint.Entry} {
		e, err := make()
		if err != nil {
			problems = append(problems, err)
			continue
		}
		entries = append(entries, e)
	}
	r, err := vendors.NewRegistry(entries...)
	return r, errors.Join(append(problems, err)...)
}

// Package acmelayout is an adapter for the same Acme WFM without a format in Go: two layout files say
// everything. It is the way for most products, since files and frames can be read back, checked against
// samples and changed by a site.
package acmelayout

import (
	"embed"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
)

//go:embed layouts/*.yaml
var layouts embed.FS

// Entry is what a registry holds of the adapter. The presets, with their evidence, come from the files.
func Entry() (vendors.Entry, error) {
	return layout.NewEntry(vendors.Info{Name: "acme-layout", Title: "Acme WFM", Products: []string{"Acme WFM"}}, layouts)
}

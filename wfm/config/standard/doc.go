// Package standard fills the registries of a configuration with everything that ships with the library: all vendors, databases, ledgers
// and destinations. It links every driver; a program that needs fewer makes its own config.Registries.
//
// Its place in the flow:
//
//	standard.Registries ─ config.Registries ─▶ Build(config.Load(path)) ─▶ integration.New
package standard

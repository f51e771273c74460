package config

import (
	"context"
	"database/sql"
	"log/slog"
	"maps"
	"slices"

	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// Registries are what a configuration may name: vendors, and kinds of databases, ledgers and destinations. They are values; a program
// that needs one database driver fills in one. Package standard has all that ship with the library.
type Registries struct {
	Vendors vendors.Registry
	// Databases open reporting databases, by kind.
	Databases map[string]DatabaseOpener
	// Ledgers open ledgers, by kind. The kind memory needs none.
	Ledgers map[string]LedgerOpener
	// Destinations make transports and links, by kind.
	Destinations map[string]DestinationKind
}

// DatabaseOpener makes a pool. It does not connect; the error names no secret.
type DatabaseOpener func(Access) (*sql.DB, cicsql.Dialect, error)

// LedgerOpener opens a ledger; it may connect. Schema and createTables are the keys of that name. close is called once.
type LedgerOpener func(ctx context.Context, a Access, schema string, createTables bool) (l ledger.Ledger, close func() error, err error)

// DestinationKind is a kind of destinations. One of the two is there, or both.
type DestinationKind struct {
	// Files makes the transport of historical feeds. One that has a Close method is closed with [Built.Close].
	Files func(Target) (delivery.Transport, error)
	// Live makes the links of a real-time feed; each feed has its own.
	Live func(Target) (delivery.Links, error)
}

// Access is a connection with its secrets read and its paths made whole.
type Access struct {
	Connection
	Path, CAFile, Wallet string
	Password, DSN        wfm.Secret
}

// Target is a destination with its secrets read, its paths made whole and its defaults filled in.
type Target struct {
	Destination
	Path, KeyFile, KnownHosts   string
	Password, Passphrase, Token wfm.Secret
	AgentSocket                 string // of the SSH agent; empty for none
	// TLS is nil where the configuration has no block tls.
	TLS    *delivery.TLSOptions
	Logger *slog.Logger // never nil
}

// kinds lists the names of a registry.
func kinds[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

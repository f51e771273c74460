package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/mssql"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/oracle"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/sqlite"
)

const tablesUsage = `tables prints the script that makes the ledger's tables, for an administrator to read and to run
first.

Its head lists the rights that the service needs afterwards. Without -kind and -schema those of the
configuration's ledger are taken, where there is a configuration; else name them.

`

// dialects are the databases that have a script.
func dialects() map[string]sqlledger.Dialect {
	return map[string]sqlledger.Dialect{"sqlserver": mssql.Dialect(), "oracle": oracle.Dialect(), "sqlite": sqlite.Dialect()}
}

// tables prints a script. It needs no configuration.
func (a *app) tables(_ context.Context, args []string) (int, error) {
	fs, path := a.flags("tables")
	kind := fs.String("kind", "", "`database`: sqlserver, oracle or sqlite")
	schema := fs.String("schema", "", "`schema` of the tables (default: that of the account)")
	if err := parse(fs, args, tablesUsage, a.out); err != nil {
		return exitWrong, err
	}
	if *kind == "" {
		if c, err := config.Load(*path); c != nil && c.Ledger != nil {
			*kind = c.Ledger.Kind
			if *schema == "" {
				*schema = c.Ledger.Schema
			}
		} else if err != nil && fileExists(*path) {
			return exitWrong, err
		}
	}
	dialect, ok := dialects()[*kind]
	if !ok {
		return exitWrong, wfm.Problem{Field: "-kind", Value: cli.Shown(*kind), Reason: "is not a database with a script",
			Remedy: "use " + strings.Join(slices.Sorted(maps.Keys(dialects())), ", ")}
	}
	script, err := sqlledger.Script(dialect, *schema)
	if err != nil {
		return exitWrong, err
	}
	fmt.Fprint(a.out, script)
	return exitOK, nil
}

package main

import (
	"context"
	"errors"
	"os"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// ledgerTasks tries the ledger: reached, of the right version, with the rights that it needs.
func (k *checker) ledgerTasks() []task {
	l := k.c.Ledger
	if l == nil || l.Kind == "memory" {
		return nil // a note says what that means
	}
	return []task{{group: inLedger, item: l.Kind, do: func(ctx context.Context) []row { return k.ledger(ctx, l.Kind) }}}
}

func (k *checker) ledger(ctx context.Context, item string) (rows []row) {
	if rows, _ := k.hosts(ctx, inLedger, item, markFail, k.t.Ledger.Host); len(rows) > 0 {
		return rows
	}
	led, done, err := k.t.OpenLedger(ctx)
	defer func() {
		if err := done(); err != nil {
			rows = append(rows, failures(inLedger, item, markWarn, err)...)
		}
	}()
	switch {
	case errors.Is(err, config.ErrNoLedgerYet):
		return k.futureLedger(item)
	case err != nil && k.c.Ledger.CreateTables && wfm.KindOf(err) == wfm.NotFound:
		text, _ := explain(err)
		return []row{newRow(inLedger, item, markNote, "the service makes or upgrades the tables at its start (create-tables): "+text,
			"see that the account may create tables, or run what wfmservice tables prints")}
	case err != nil:
		return failures(inLedger, item, markFail, err)
	case led == nil:
		return nil
	}
	if c, ok := led.(interface{ CheckRights(context.Context) error }); ok {
		if err := c.CheckRights(ctx); err != nil {
			return failures(inLedger, item, markFail, err)
		}
	}
	if k.c.Instance.Shared {
		if _, ok := led.(ledger.Leases); !ok {
			return []row{newRow(inLedger, item, markFail, "cannot be shared by instances", "use sqlserver or oracle")}
		}
	}
	rows = append(rows, newRow(inLedger, item, markOK, "opened; version and rights are right", ""))
	if k.t.Ledger.Path != "" {
		rows = append(rows, diskRow(inLedger, item, dirOf(k.t.Ledger.Path))...)
	}
	return rows
}

// futureLedger looks whether the file can be made.
func (k *checker) futureLedger(item string) []row {
	folder := dirOf(k.t.Ledger.Path)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return []row{newRow(inLedger, item, markFail, "the folder "+wfm.Quote(folder)+" does not exist", "create the folder, or correct ledger.path")}
	}
	if err := tryFolder(folder); err != nil {
		return []row{newRow(inLedger, item, markFail, "no file can be made in "+wfm.Quote(folder)+": "+cli.Reason(err), "give the service's account the right to write there")}
	}
	return append([]row{newRow(inLedger, item, markOK, "is made at the first start, as "+wfm.Quote(k.t.Ledger.Path), "")}, diskRow(inLedger, item, folder)...)
}

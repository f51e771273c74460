package sqlledger

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

// table is what the ledger needs of a table.
type table struct {
	name    string
	columns []string
	rights  []string // beyond SELECT
}

func tables() []table {
	return []table{
		{SchemaTable, []string{"version", "reached_at"}, nil},
		{EntriesTable, []string{"id", "feed", "kind", "period_start", "period_end", "part", "revision", "name", "digest", "status",
			"receipt_where", "receipt_bytes", "begun_at", "delivered_at"}, []string{"INSERT", "UPDATE", "DELETE"}},
		{ProgressTable, []string{"feed", "done_through"}, []string{"INSERT", "UPDATE"}},
		{LeasesTable, []string{"feed", "holder", "token", "granted_at", "ttl_ms", "ends_at"}, []string{"INSERT", "UPDATE"}},
	}
}

// checkTables says which tables and columns lack, all of them.
func (l *Ledger) checkTables(ctx context.Context) error {
	var problems []error
	for _, t := range tables() {
		there, err := l.columns(ctx, t.name)
		if err != nil && l.dialect.Fault(err).Object != ObjectMissing {
			return err
		}
		reason := "table " + wfm.Quote(t.name) + " lacks "
		if err != nil {
			reason = "table " + wfm.Quote(t.name) + " is not there, or the account may not see it"
		} else if lacking := slices.DeleteFunc(t.columns, func(c string) bool { return slices.Contains(there, c) }); len(lacking) > 0 {
			reason += strings.Join(lacking, ", ")
		} else {
			continue
		}
		problems = append(problems, &wfm.Error{Op: "open the ledger", Kind: wfm.NotFound, Err: errors.New(reason),
			Remedy: "make the tables by the script for " + l.dialect.Name() + ", unchanged, and grant the rights that its head lists"})
	}
	return errors.Join(problems...)
}

// columns names the columns of a table, in lower case, which is how all databases can be asked alike.
func (l *Ledger) columns(ctx context.Context, name string) ([]string, error) {
	rows, err := l.db.QueryContext(ctx, `SELECT * FROM `+l.sql.tables[name]+` WHERE 1 = 0`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err == nil && !rows.Next() {
		err = rows.Err()
	}
	for i, c := range columns {
		columns[i] = strings.ToLower(c)
	}
	return columns, err
}

// CheckRights tries every right that the ledger needs, by statements that touch no row, and returns
// those that lack, joined. It changes nothing.
func (l *Ledger) CheckRights(ctx context.Context) error {
	var problems []error
	for _, t := range tables() {
		name, list := l.sql.tables[t.name], strings.Join(t.columns, ", ")
		for right, statement := range map[string]string{
			"SELECT": `SELECT ` + list + ` FROM ` + name + ` WHERE 1 = 0`,
			"INSERT": `INSERT INTO ` + name + ` (` + list + `) SELECT ` + list + ` FROM ` + name + ` WHERE 1 = 0`,
			"UPDATE": `UPDATE ` + name + ` SET ` + t.columns[1] + ` = ` + t.columns[1] + ` WHERE 1 = 0`,
			"DELETE": `DELETE FROM ` + name + ` WHERE 1 = 0`,
		} {
			if right != "SELECT" && !slices.Contains(t.rights, right) {
				continue
			}
			if err := l.try(ctx, statement); err != nil {
				problems = append(problems, l.fail(ctx, right+" on "+t.name, err))
			}
		}
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(problems...)
}

func (l *Ledger) try(ctx context.Context, statement string) error {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, statement)
	if undone := tx.Rollback(); err == nil && !errors.Is(undone, sql.ErrTxDone) {
		err = undone
	}
	return err
}

package cicsim

import (
	"context"
	"database/sql"
	"strings"
)

// batchArgs bounds the arguments of one insert; SQLite takes 32766.
const batchArgs = 8000

// inserter collects rows and inserts many with one prepared statement.
type inserter struct {
	ctx   context.Context
	tx    *sql.Tx
	table table
	batch int // rows
	stmt  *sql.Stmt
	args  []any
	rows  int // inserted in all
}

func newInserter(ctx context.Context, tx *sql.Tx, t table) *inserter {
	return &inserter{ctx: ctx, tx: tx, table: t, batch: max(1, batchArgs/len(t.columns))}
}

// add takes the values of one row, in the order of the columns.
func (in *inserter) add(values ...any) error {
	in.args = append(in.args, values...)
	in.rows++
	if len(in.args) < in.batch*len(in.table.columns) {
		return nil
	}
	if in.stmt == nil {
		stmt, err := in.tx.PrepareContext(in.ctx, in.query(in.batch))
		if err != nil {
			return writeError("insert into "+in.table.name, err)
		}
		in.stmt = stmt
	}
	_, err := in.stmt.ExecContext(in.ctx, in.args...)
	in.args = in.args[:0]
	if err != nil {
		return writeError("insert into "+in.table.name, err)
	}
	return nil
}

// close inserts the rest.
func (in *inserter) close() error {
	if in.stmt != nil {
		defer in.stmt.Close()
	}
	if len(in.args) == 0 {
		return nil
	}
	_, err := in.tx.ExecContext(in.ctx, in.query(len(in.args)/len(in.table.columns)), in.args...)
	in.args = nil
	if err != nil {
		return writeError("insert into "+in.table.name, err)
	}
	return nil
}

func (in *inserter) query(rows int) string {
	names := make([]string, len(in.table.columns))
	for i, c := range in.table.columns {
		names[i] = c.name
	}
	row := ",(" + strings.Repeat("?,", len(names)-1) + "?)"
	return "INSERT INTO " + in.table.name + " (" + strings.Join(names, ",") + ") VALUES " + strings.Repeat(row, rows)[1:]
}

package sqlledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// prepare brings the tables to the newest known version and looks whether they are whole. Of two
// processes that do it at once the second finds what it would make; it looks again and goes on.
func (l *Ledger) prepare(ctx context.Context) error {
	script, err := Script(l.dialect, l.options.Schema)
	if err != nil {
		return err
	}
	steps, err := versions(script)
	if err != nil {
		return fmt.Errorf("the script of %s: %w", l.dialect.Name(), err)
	}
	begin := time.Now()
	for attempt := 1; ; attempt++ {
		version, err := l.version(ctx)
		switch {
		case err != nil:
			return err
		case version > len(steps):
			return &wfm.Error{Op: "open the ledger", Kind: wfm.Unsupported,
				Err:    fmt.Errorf("its schema is version %d, this release knows up to %d", version, len(steps)),
				Remedy: "run the newer release that wrote it, or use another ledger"}
		case version == len(steps):
			return l.checkTables(ctx)
		case l.options.NoMigrate:
			return errors.Join(l.tooOld(version, len(steps)), l.checkTables(ctx))
		}
		err = l.raise(ctx, version, steps)
		if err == nil {
			continue
		}
		f := l.dialect.Fault(err)
		if attempt == 5 || f.Object == NoObject && !f.Retry || time.Since(begin) > 2*time.Second {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(attempt) * 20 * time.Millisecond):
		}
	}
}

// raise runs what is missing, in one transaction where the database can.
func (l *Ledger) raise(ctx context.Context, version int, steps [][]string) error {
	if !l.dialect.CommitsDDL() {
		return l.inTransaction(ctx, func(tx *sql.Tx) error { return l.run(ctx, tx, version, steps) })
	}
	return l.run(ctx, l.db, version, steps)
}

func (l *Ledger) run(ctx context.Context, q queryer, version int, steps [][]string) error {
	for v := version + 1; v <= len(steps); v++ {
		for _, statement := range steps[v-1] {
			_, err := q.ExecContext(ctx, statement)
			if err != nil && l.dialect.CommitsDDL() {
				if o := l.dialect.Fault(err).Object; o == ObjectExists || o == RowExists {
					continue // made by an attempt that was cut off, or by another process
				}
			}
			if err != nil {
				return fmt.Errorf("schema version %d: %w", v, err)
			}
		}
	}
	return nil
}

// version reads the version of the tables; 0 where there are none.
func (l *Ledger) version(ctx context.Context) (int, error) {
	var version sql.NullInt64
	err := l.queryRow(ctx, l.db, l.sql.version, nil).Scan(&version)
	switch {
	case err != nil && l.dialect.Fault(err).Object == ObjectMissing:
		return 0, nil
	case err != nil:
		return 0, err
	case version.Int64 >= 1:
		return int(version.Int64), nil
	case l.dialect.CommitsDDL(): // cut off between the first statement and the last
		return 0, nil
	}
	return 0, &wfm.Error{Op: "open the ledger", Kind: wfm.BadData,
		Err:    fmt.Errorf("the table %s holds no version", SchemaTable),
		Remedy: "restore the ledger from a backup"}
}

func (l *Ledger) tooOld(version, want int) error {
	e := &wfm.Error{Op: "open the ledger", Kind: wfm.NotFound, Err: fmt.Errorf("its schema is version %d, this release needs %d", version, want),
		Remedy: fmt.Sprintf("let an administrator run the part of the script for %s from version %d on", l.dialect.Name(), version+1)}
	if version == 0 {
		e.Err = errors.New("its tables are not there, or the account may not see them")
		e.Remedy = "let an administrator run the script for " + l.dialect.Name() + " and grant the rights that its head lists"
	}
	return e
}

package sqlledger

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/cicwfm/cicwfm/wfm"
)

// migrate brings the tables to the newest known version, all steps in one transaction.
func (l *Ledger) migrate(ctx context.Context) error {
	migrations := l.dialect.Migrations()
	return l.inTransaction(ctx, func(tx *sql.Tx) error {
		version, err := l.version(ctx, tx)
		if err != nil {
			return err
		}
		if version > len(migrations) {
			return &wfm.Error{Op: "open the ledger", Kind: wfm.Unsupported,
				Err:    fmt.Errorf("its schema is version %d, this release knows up to %d", version, len(migrations)),
				Remedy: "run the newer release that wrote it, or use another ledger"}
		}
		for v := version + 1; v <= len(migrations); v++ {
			for _, statement := range migrations[v-1] {
				if _, err := tx.ExecContext(ctx, statement); err != nil {
					return fmt.Errorf("schema version %d: %w", v, err)
				}
			}
			if _, err := tx.ExecContext(ctx, l.sql.reached, v, stamp(l.now())); err != nil {
				return fmt.Errorf("schema version %d: %w", v, err)
			}
		}
		return nil
	})
}

// version reads the version of the tables; 0 where there are none.
func (l *Ledger) version(ctx context.Context, tx *sql.Tx) (int, error) {
	if there, err := l.dialect.HasTable(ctx, tx, SchemaTable); err != nil || !there {
		return 0, err
	}
	var version sql.NullInt64
	if err := tx.QueryRowContext(ctx, l.sql.version).Scan(&version); err != nil {
		return 0, err
	}
	if version.Int64 < 1 {
		return 0, &wfm.Error{Op: "open the ledger", Kind: wfm.BadData,
			Err:    fmt.Errorf("the table %s holds no version", SchemaTable),
			Remedy: "restore the ledger from a backup"}
	}
	return int(version.Int64), nil
}

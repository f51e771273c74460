package sqlledger

import (
	"context"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// pruneRows is how many entries one transaction removes: few enough that no feed waits for long,
// and that SQL Server locks rows and not the table.
const pruneRows = 200

// Prune removes delivered entries of a feed whose period ended before t, and returns how many.
func (l *Ledger) Prune(ctx context.Context, feed string, t time.Time) (int, error) {
	pruned := 0
	for {
		n, err := l.exec(ctx, l.db, l.sql.prune, values{"feed": l.dialect.Text(feed), "status": int(ledger.Delivered), "before": stamp(t)})
		pruned += int(n)
		if err != nil || n < pruneRows {
			return pruned, l.fail(ctx, "prune feed "+wfm.Quote(feed), err)
		}
	}
}

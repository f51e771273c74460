package sqlledger

import (
	"context"
	"time"

	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// Watermarks returns the watermark of each feed that ever set one.
func (l *Ledger) Watermarks(ctx context.Context) ([]ledger.Watermark, error) {
	list, err := l.watermarks(ctx)
	if err != nil {
		return nil, l.fail(ctx, "read the progress of all feeds", err)
	}
	ledger.SortWatermarks(list)
	return list, nil
}

func (l *Ledger) watermarks(ctx context.Context) ([]ledger.Watermark, error) {
	rows, err := l.db.QueryContext(ctx, l.sql.watermarks.text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []ledger.Watermark
	for rows.Next() {
		var w ledger.Watermark
		var text string
		if err := rows.Scan(&w.Feed, &text); err != nil {
			return nil, err
		}
		if w.Through, err = time.Parse(stampLayout, text); err != nil {
			return nil, err
		}
		list = append(list, w)
	}
	return list, rows.Err()
}

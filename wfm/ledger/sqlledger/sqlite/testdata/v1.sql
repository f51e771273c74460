CREATE TABLE wfm_ledger_schema (
			version    INTEGER NOT NULL PRIMARY KEY,
			reached_at TEXT NOT NULL
		) STRICT;
CREATE TABLE wfm_ledger_entries (
			id            TEXT NOT NULL PRIMARY KEY,
			feed          TEXT NOT NULL,
			kind          TEXT NOT NULL,
			period_start  TEXT NOT NULL,
			period_end    TEXT NOT NULL,
			part          INTEGER NOT NULL,
			revision      INTEGER NOT NULL,
			name          TEXT NOT NULL,
			digest        TEXT NOT NULL,
			status        INTEGER NOT NULL,
			receipt_where TEXT,
			receipt_bytes INTEGER,
			begun_at      TEXT NOT NULL,
			delivered_at  TEXT
		) STRICT, WITHOUT ROWID;
CREATE INDEX wfm_ledger_entries_order ON wfm_ledger_entries (feed, period_start, kind, part, revision, id);
CREATE TABLE wfm_ledger_progress (
			feed         TEXT NOT NULL PRIMARY KEY,
			done_through TEXT NOT NULL
		) STRICT, WITHOUT ROWID;
INSERT INTO wfm_ledger_schema (version, reached_at) VALUES (1, '2018-10-28T00:00:00.000000000Z');
INSERT INTO wfm_ledger_progress (feed, done_through) VALUES ('sales', '2018-10-28T01:15:00.000000000Z');
INSERT INTO wfm_ledger_entries (id, feed, kind, period_start, period_end, part, revision, name, digest, status, receipt_where, receipt_bytes, begun_at, delivered_at)
VALUES ('99c5f0f458df420a86d36638cac20929f9aff01e175e3e4ef47270e81d4abce7', 'sales', 'call', '2018-10-28T00:00:00.000000000Z', '2018-10-28T01:00:00.000000000Z', 0, 1, 'call.txt',
	'ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73', 2, 'there', 7, '2018-10-28T01:20:00.000000000Z', '2018-10-28T01:20:01.000000000Z');

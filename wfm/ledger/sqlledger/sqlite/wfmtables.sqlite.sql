-- Tables of the delivery ledger for SQLite.
--
-- The service makes them itself in a file of its own; whoever wants them first runs, for example:
--   sqlite3 ledger.db < wfmtables.sqlite.sql
-- On a ledger of version 1 run only the part from version 2 on.
--
-- Least rights: the service's account reads and writes the file and its folder.
--
-- Instants are text in UTC, 2018-10-28T01:15:00.000000000Z. Status is 1 for begun, 2 for delivered.
-- Never delete rows of wfm_ledger_leases: their tokens must go on growing.

-- version 1
-- Which versions this database has been brought to.
CREATE TABLE wfm_ledger_schema (
	version    INTEGER NOT NULL PRIMARY KEY,
	reached_at TEXT NOT NULL
) STRICT;

-- One row per artifact. id is SHA-256 over the whole key.
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

-- One row per feed: up to when everything was dealt with.
CREATE TABLE wfm_ledger_progress (
	feed         TEXT NOT NULL PRIMARY KEY,
	done_through TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO wfm_ledger_schema (version, reached_at) VALUES (1, strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000000Z');

-- version 2
-- One row per feed: which instance of the service runs it.
CREATE TABLE wfm_ledger_leases (
	feed       TEXT NOT NULL PRIMARY KEY,
	holder     TEXT NOT NULL,
	token      INTEGER NOT NULL,
	granted_at TEXT NOT NULL,
	ttl_ms     INTEGER NOT NULL,
	ends_at    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- For retention: what was delivered long ago.
CREATE INDEX wfm_ledger_entries_age ON wfm_ledger_entries (feed, status, period_end, id);

INSERT INTO wfm_ledger_schema (version, reached_at) VALUES (2, strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000000Z');

-- Tables of the delivery ledger for SQL Server (2012 or later), added to the existing repository.
--
-- The service makes them itself where its account may. Whoever makes them first takes a backup, runs
-- this script in the database of the repository, and tells the service not to make tables. A table
-- goes to the schema that stands before its name, and without one (the file itself has only a mark
-- there) to the default schema of whoever runs the script. On a ledger of version 1 run only the
-- part from version 2 on.
--
-- Least rights of the service's account:
--   GRANT SELECT ON /*schema*/wfm_ledger_schema TO [account];
--   GRANT SELECT, INSERT, UPDATE, DELETE ON /*schema*/wfm_ledger_entries TO [account];  -- DELETE is for retention
--   GRANT SELECT, INSERT, UPDATE ON /*schema*/wfm_ledger_progress TO [account];
--   GRANT SELECT, INSERT, UPDATE ON /*schema*/wfm_ledger_leases TO [account];
-- To make the tables itself it needs CREATE TABLE in the database and ALTER on the schema, and then
-- owns nothing else.
--
-- Text compares by code point, whatever the collation of the database: feeds that differ only in
-- letter case are different feeds. Instants are text in UTC, 2018-10-28T01:15:00.000000000Z. Status is
-- 1 for begun, 2 for delivered. Never delete rows of wfm_ledger_leases: their tokens must go on growing.

-- version 1
-- Which versions this database has been brought to.
CREATE TABLE /*schema*/wfm_ledger_schema (
	version    int          NOT NULL,
	reached_at nvarchar(30) COLLATE Latin1_General_BIN2 NOT NULL,
	CONSTRAINT wfm_ledger_schema_pk PRIMARY KEY (version)
);

-- One row per artifact. id is SHA-256 over the whole key.
CREATE TABLE /*schema*/wfm_ledger_entries (
	id            nvarchar(64)   COLLATE Latin1_General_BIN2 NOT NULL,
	feed          nvarchar(200)  COLLATE Latin1_General_BIN2 NOT NULL,
	kind          nvarchar(100)  COLLATE Latin1_General_BIN2 NOT NULL,
	period_start  nvarchar(30)   COLLATE Latin1_General_BIN2 NOT NULL,
	period_end    nvarchar(30)   COLLATE Latin1_General_BIN2 NOT NULL,
	part          int            NOT NULL,
	revision      int            NOT NULL,
	name          nvarchar(1000) COLLATE Latin1_General_BIN2 NOT NULL,
	digest        nvarchar(64)   COLLATE Latin1_General_BIN2 NOT NULL,
	status        int            NOT NULL,
	receipt_where nvarchar(1000) COLLATE Latin1_General_BIN2 NULL,
	receipt_bytes bigint         NULL,
	begun_at      nvarchar(30)   COLLATE Latin1_General_BIN2 NOT NULL,
	delivered_at  nvarchar(30)   COLLATE Latin1_General_BIN2 NULL,
	CONSTRAINT wfm_ledger_entries_pk PRIMARY KEY (id)
);

CREATE INDEX wfm_ledger_entries_order ON /*schema*/wfm_ledger_entries (feed, period_start, kind, part, revision, id);

-- One row per feed: up to when everything was dealt with.
CREATE TABLE /*schema*/wfm_ledger_progress (
	feed         nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
	done_through nvarchar(30)  COLLATE Latin1_General_BIN2 NOT NULL,
	CONSTRAINT wfm_ledger_progress_pk PRIMARY KEY (feed)
);

INSERT INTO /*schema*/wfm_ledger_schema (version, reached_at) VALUES (1, REPLACE(CONVERT(nvarchar(27), SYSUTCDATETIME(), 121), N' ', N'T') + N'00Z');

-- version 2
-- One row per feed: which instance of the service runs it.
CREATE TABLE /*schema*/wfm_ledger_leases (
	feed       nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
	holder     nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
	token      bigint        NOT NULL,
	granted_at nvarchar(30)  COLLATE Latin1_General_BIN2 NOT NULL,
	ttl_ms     bigint        NOT NULL,
	ends_at    nvarchar(30)  COLLATE Latin1_General_BIN2 NOT NULL,
	CONSTRAINT wfm_ledger_leases_pk PRIMARY KEY (feed)
);

-- For retention: what was delivered long ago.
CREATE INDEX wfm_ledger_entries_age ON /*schema*/wfm_ledger_entries (feed, status, period_end, id);

INSERT INTO /*schema*/wfm_ledger_schema (version, reached_at) VALUES (2, REPLACE(CONVERT(nvarchar(27), SYSUTCDATETIME(), 121), N' ', N'T') + N'00Z');

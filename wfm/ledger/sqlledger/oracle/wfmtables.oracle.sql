-- Tables of the delivery ledger for Oracle Database, added to the existing repository.
--
-- The service makes them itself where its account may. Whoever makes them first takes a backup, runs
-- this script as the owner of the tables, commits, and tells the service not to make tables. A table
-- goes to the schema that stands before its name, and without one (the file itself has only a mark
-- there) to the schema of whoever runs the script. On a ledger of version 1 run only the part
-- from version 2 on.
--
-- Least rights of the service's account, where it is not the owner:
--   GRANT CREATE SESSION TO account;
--   GRANT SELECT ON /*schema*/wfm_ledger_schema TO account;
--   GRANT SELECT, INSERT, UPDATE, DELETE ON /*schema*/wfm_ledger_entries TO account;  -- DELETE is for retention
--   GRANT SELECT, INSERT, UPDATE ON /*schema*/wfm_ledger_progress TO account;
--   GRANT SELECT, INSERT, UPDATE ON /*schema*/wfm_ledger_leases TO account;
-- To make the tables itself, in its own schema, it needs CREATE TABLE and a quota on its tablespace.
--
-- No name is longer than 30 characters. Instants are text in UTC, 2018-10-28T01:15:00.000000000Z. Status
-- is 1 for begun, 2 for delivered. A receipt without a place is NULL, since Oracle knows no empty
-- text. Never delete rows of wfm_ledger_leases: their tokens must go on growing.

-- version 1
-- Which versions this database has been brought to.
CREATE TABLE /*schema*/wfm_ledger_schema (
	version    NUMBER(10)   NOT NULL,
	reached_at VARCHAR2(30) NOT NULL,
	CONSTRAINT wfm_ledger_schema_pk PRIMARY KEY (version)
);

-- One row per artifact. id is SHA-256 over the whole key.
CREATE TABLE /*schema*/wfm_ledger_entries (
	id            VARCHAR2(64)    NOT NULL,
	feed          NVARCHAR2(200)  NOT NULL,
	kind          NVARCHAR2(100)  NOT NULL,
	period_start  VARCHAR2(30)    NOT NULL,
	period_end    VARCHAR2(30)    NOT NULL,
	part          NUMBER(10)      NOT NULL,
	revision      NUMBER(10)      NOT NULL,
	name          NVARCHAR2(1000) NOT NULL,
	digest        VARCHAR2(64)    NOT NULL,
	status        NUMBER(3)       NOT NULL,
	receipt_where NVARCHAR2(1000),
	receipt_bytes NUMBER(19),
	begun_at      VARCHAR2(30)    NOT NULL,
	delivered_at  VARCHAR2(30),
	CONSTRAINT wfm_ledger_entries_pk PRIMARY KEY (id)
);

CREATE INDEX /*schema*/wfm_ledger_entries_order ON /*schema*/wfm_ledger_entries (feed, period_start, kind, part, revision, id);

-- One row per feed: up to when everything was dealt with.
CREATE TABLE /*schema*/wfm_ledger_progress (
	feed         NVARCHAR2(200) NOT NULL,
	done_through VARCHAR2(30)   NOT NULL,
	CONSTRAINT wfm_ledger_progress_pk PRIMARY KEY (feed)
);

INSERT INTO /*schema*/wfm_ledger_schema (version, reached_at) VALUES (1, TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF9"Z"'));

-- version 2
-- One row per feed: which instance of the service runs it.
CREATE TABLE /*schema*/wfm_ledger_leases (
	feed       NVARCHAR2(200) NOT NULL,
	holder     NVARCHAR2(200) NOT NULL,
	token      NUMBER(19)     NOT NULL,
	granted_at VARCHAR2(30)   NOT NULL,
	ttl_ms     NUMBER(19)     NOT NULL,
	ends_at    VARCHAR2(30)   NOT NULL,
	CONSTRAINT wfm_ledger_leases_pk PRIMARY KEY (feed)
);

-- For retention: what was delivered long ago.
CREATE INDEX /*schema*/wfm_ledger_entries_age ON /*schema*/wfm_ledger_entries (feed, status, period_end, id);

INSERT INTO /*schema*/wfm_ledger_schema (version, reached_at) VALUES (2, TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF9"Z"'));

-- == acquire a lease that nobody has
UPDATE "WFM".wfm_ledger_leases SET token = CASE WHEN holder = :1 THEN token ELSE token + 1 END,
	holder = :2, granted_at = TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF9"Z"'), ttl_ms = :3, ends_at = TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP + NUMTODSINTERVAL(:4 / 1000, 'SECOND')), 'YYYY-MM-DD"T"HH24:MI:SS.FF9"Z"')
	WHERE feed = :5 AND (holder = :6 OR ends_at <= TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF9"Z"'));
-- 1 string host-a 1
-- 2 string host-a 1
-- 3 int64 60000
-- 4 int64 60000
-- 5 string sales
-- 6 string host-a 1
SELECT holder, token, ends_at, ttl_ms, CASE WHEN granted_at > TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF9"Z"') THEN 1 ELSE 0 END, CASE WHEN ends_at > TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF9"Z"') THEN 1 ELSE 0 END
	FROM "WFM".wfm_ledger_leases WHERE feed = :1;
-- 1 string sales
INSERT INTO "WFM".wfm_ledger_leases (feed, holder, token, granted_at, ttl_ms, ends_at)
	VALUES (:1, :2, 1, TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF9"Z"'), :3, TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP + NUMTODSINTERVAL(:4 / 1000, 'SECOND')), 'YYYY-MM-DD"T"HH24:MI:SS.FF9"Z"'));
-- 1 string sales
-- 2 string host-a 1
-- 3 int64 60000
-- 4 int64 60000
SELECT holder, token, ends_at, ttl_ms, CASE WHEN granted_at > TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF9"Z"') THEN 1 ELSE 0 END, CASE WHEN ends_at > TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF9"Z"') THEN 1 ELSE 0 END
	FROM "WFM".wfm_ledger_leases WHERE feed = :1;
-- 1 string sales

-- == is it held
SELECT holder, token, ends_at, ttl_ms, CASE WHEN granted_at > TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF9"Z"') THEN 1 ELSE 0 END, CASE WHEN ends_at > TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF9"Z"') THEN 1 ELSE 0 END
	FROM "WFM".wfm_ledger_leases WHERE feed = :1;
-- 1 string sales

-- == begin
SELECT id, kind, period_start, period_end, part, revision, name, digest, status,
	receipt_where, receipt_bytes, begun_at, delivered_at FROM "WFM".wfm_ledger_entries WHERE id = :1;
-- 1 string 60a609d385140e065fdca8d9f6679cea51fcd1888fb75436779ea2624357ef12
INSERT INTO "WFM".wfm_ledger_entries (id, feed, kind, period_start, period_end, part, revision, name,
	digest, status, begun_at) VALUES (:1, :2, :3, :4, :5, :6, :7, :8, :9, :10, :11);
-- 1 string 60a609d385140e065fdca8d9f6679cea51fcd1888fb75436779ea2624357ef12
-- 2 string sales
-- 3 string call
-- 4 string 2018-10-28T01:00:00.000000000Z
-- 5 string 2018-10-28T01:15:00.000000000Z
-- 6 int64 0
-- 7 int64 1
-- 8 string call.txt
-- 9 string 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881
-- 10 int64 1
-- 11 string 2018-10-28T01:20:00.000000000Z

-- == commit
UPDATE "WFM".wfm_ledger_entries SET status = :1, receipt_where = :2, receipt_bytes = :3, delivered_at = :4
	WHERE id = :5 AND status = :6;
-- 1 int64 2
-- 2 string 
-- 3 int64 1
-- 4 string 2018-10-28T01:20:00.000000000Z
-- 5 string 60a609d385140e065fdca8d9f6679cea51fcd1888fb75436779ea2624357ef12
-- 6 int64 1

-- == set the watermark twice
SELECT done_through FROM "WFM".wfm_ledger_progress WHERE feed = :1;
-- 1 string sales
INSERT INTO "WFM".wfm_ledger_progress (feed, done_through) VALUES (:1, :2);
-- 1 string sales
-- 2 string 2018-10-28T00:20:00.000000000Z
SELECT done_through FROM "WFM".wfm_ledger_progress WHERE feed = :1;
-- 1 string sales
UPDATE "WFM".wfm_ledger_progress SET done_through = :1 WHERE feed = :2 AND done_through < :3;
-- 1 string 2018-10-28T01:20:00.000000000Z
-- 2 string sales
-- 3 string 2018-10-28T01:20:00.000000000Z

-- == begin what is delivered, under the lease
SELECT id, kind, period_start, period_end, part, revision, name, digest, status,
	receipt_where, receipt_bytes, begun_at, delivered_at FROM "WFM".wfm_ledger_entries WHERE id = :1;
-- 1 string 60a609d385140e065fdca8d9f6679cea51fcd1888fb75436779ea2624357ef12
SELECT COUNT(*) FROM "WFM".wfm_ledger_leases WHERE feed = :1 AND token = :2 AND holder = :3;
-- 1 string sales
-- 2 int64 1
-- 3 string host-a 1

-- == set the watermark, under the lease
SELECT done_through FROM "WFM".wfm_ledger_progress WHERE feed = :1;
-- 1 string sales
UPDATE "WFM".wfm_ledger_progress SET done_through = :1 WHERE feed = :2 AND done_through < :3;
-- 1 string 2018-10-28T02:20:00.000000000Z
-- 2 string sales
-- 3 string 2018-10-28T02:20:00.000000000Z
UPDATE "WFM".wfm_ledger_leases SET token = token WHERE feed = :1 AND token = :2 AND holder = :3;
-- 1 string sales
-- 2 int64 1
-- 3 string host-a 1

-- == read entries
SELECT * FROM (SELECT id, kind, period_start, period_end, part, revision, name, digest, status,
	receipt_where, receipt_bytes, begun_at, delivered_at FROM "WFM".wfm_ledger_entries WHERE feed = :1 AND period_start >= :2 AND period_start < :3 ORDER BY period_start, kind, part, revision, id) WHERE ROWNUM <= 500;
-- 1 string sales
-- 2 string 2018-10-28T00:20:00.000000000Z
-- 3 string 2018-10-28T01:20:00.000000000Z

-- == prune
DELETE FROM "WFM".wfm_ledger_entries WHERE id IN (SELECT * FROM (SELECT id FROM "WFM".wfm_ledger_entries WHERE feed = :1 AND status = :2 AND period_end < :3 ORDER BY period_end, id) WHERE ROWNUM <= 200);
-- 1 string sales
-- 2 int64 2
-- 3 string 2018-10-28T01:20:00.000000000Z

-- == who has the feeds
SELECT feed, holder, token, ends_at FROM "WFM".wfm_ledger_leases;

-- == how far all feeds are
SELECT feed, done_through FROM "WFM".wfm_ledger_progress;

-- == release
UPDATE "WFM".wfm_ledger_leases SET ends_at = TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF9"Z"'), ttl_ms = 0 WHERE feed = :1 AND token = :2 AND holder = :3 AND ends_at > TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF9"Z"');
-- 1 string sales
-- 2 int64 1
-- 3 string host-a 1

-- == open
SELECT MAX(version) FROM "WFM".wfm_ledger_schema;
CREATE TABLE "WFM".wfm_ledger_schema (
	version    NUMBER(10)   NOT NULL,
	reached_at VARCHAR2(30) NOT NULL,
	CONSTRAINT wfm_ledger_schema_pk PRIMARY KEY (version)
);
CREATE TABLE "WFM".wfm_ledger_entries (
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
CREATE INDEX "WFM".wfm_ledger_entries_order ON "WFM".wfm_ledger_entries (feed, period_start, kind, part, revision, id);
CREATE TABLE "WFM".wfm_ledger_progress (
	feed         NVARCHAR2(200) NOT NULL,
	done_through VARCHAR2(30)   NOT NULL,
	CONSTRAINT wfm_ledger_progress_pk PRIMARY KEY (feed)
);
INSERT INTO "WFM".wfm_ledger_schema (version, reached_at) VALUES (1, TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF9"Z"'));
CREATE TABLE "WFM".wfm_ledger_leases (
	feed       NVARCHAR2(200) NOT NULL,
	holder     NVARCHAR2(200) NOT NULL,
	token      NUMBER(19)     NOT NULL,
	granted_at VARCHAR2(30)   NOT NULL,
	ttl_ms     NUMBER(19)     NOT NULL,
	ends_at    VARCHAR2(30)   NOT NULL,
	CONSTRAINT wfm_ledger_leases_pk PRIMARY KEY (feed)
);
CREATE INDEX "WFM".wfm_ledger_entries_age ON "WFM".wfm_ledger_entries (feed, status, period_end, id);
INSERT INTO "WFM".wfm_ledger_schema (version, reached_at) VALUES (2, TO_CHAR(SYS_EXTRACT_UTC(SYSTIMESTAMP), 'YYYY-MM-DD"T"HH24:MI:SS.FF9"Z"'));
SELECT MAX(version) FROM "WFM".wfm_ledger_schema;
SELECT * FROM "WFM".wfm_ledger_schema WHERE 1 = 0;
SELECT * FROM "WFM".wfm_ledger_entries WHERE 1 = 0;
SELECT * FROM "WFM".wfm_ledger_progress WHERE 1 = 0;
SELECT * FROM "WFM".wfm_ledger_leases WHERE 1 = 0;


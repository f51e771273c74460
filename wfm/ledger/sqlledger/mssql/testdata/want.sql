-- == acquire a lease that nobody has
UPDATE [wfm].wfm_ledger_leases SET token = CASE WHEN holder = @p1 THEN token ELSE token + 1 END,
	holder = @p2, granted_at = REPLACE(CONVERT(nvarchar(27), SYSUTCDATETIME(), 121), N' ', N'T') + N'00Z', ttl_ms = @p3, ends_at = REPLACE(CONVERT(nvarchar(27), DATEADD(millisecond, CAST(@p4 AS int), SYSUTCDATETIME()), 121), N' ', N'T') + N'00Z'
	WHERE feed = @p5 AND (holder = @p6 OR ends_at <= REPLACE(CONVERT(nvarchar(27), SYSUTCDATETIME(), 121), N' ', N'T') + N'00Z');
-- 1 string host-a 1
-- 2 string host-a 1
-- 3 int64 60000
-- 4 int64 60000
-- 5 string sales
-- 6 string host-a 1
SELECT holder, token, ends_at, ttl_ms, CASE WHEN granted_at > REPLACE(CONVERT(nvarchar(27), SYSUTCDATETIME(), 121), N' ', N'T') + N'00Z' THEN 1 ELSE 0 END, CASE WHEN ends_at > REPLACE(CONVERT(nvarchar(27), SYSUTCDATETIME(), 121), N' ', N'T') + N'00Z' THEN 1 ELSE 0 END
	FROM [wfm].wfm_ledger_leases WHERE feed = @p1;
-- 1 string sales
INSERT INTO [wfm].wfm_ledger_leases (feed, holder, token, granted_at, ttl_ms, ends_at)
	VALUES (@p1, @p2, 1, REPLACE(CONVERT(nvarchar(27), SYSUTCDATETIME(), 121), N' ', N'T') + N'00Z', @p3, REPLACE(CONVERT(nvarchar(27), DATEADD(millisecond, CAST(@p4 AS int), SYSUTCDATETIME()), 121), N' ', N'T') + N'00Z');
-- 1 string sales
-- 2 string host-a 1
-- 3 int64 60000
-- 4 int64 60000
SELECT holder, token, ends_at, ttl_ms, CASE WHEN granted_at > REPLACE(CONVERT(nvarchar(27), SYSUTCDATETIME(), 121), N' ', N'T') + N'00Z' THEN 1 ELSE 0 END, CASE WHEN ends_at > REPLACE(CONVERT(nvarchar(27), SYSUTCDATETIME(), 121), N' ', N'T') + N'00Z' THEN 1 ELSE 0 END
	FROM [wfm].wfm_ledger_leases WHERE feed = @p1;
-- 1 string sales

-- == is it held
SELECT holder, token, ends_at, ttl_ms, CASE WHEN granted_at > REPLACE(CONVERT(nvarchar(27), SYSUTCDATETIME(), 121), N' ', N'T') + N'00Z' THEN 1 ELSE 0 END, CASE WHEN ends_at > REPLACE(CONVERT(nvarchar(27), SYSUTCDATETIME(), 121), N' ', N'T') + N'00Z' THEN 1 ELSE 0 END
	FROM [wfm].wfm_ledger_leases WHERE feed = @p1;
-- 1 string sales

-- == begin
SELECT id, kind, period_start, period_end, part, revision, name, digest, status,
	receipt_where, receipt_bytes, begun_at, delivered_at FROM [wfm].wfm_ledger_entries WHERE id = @p1;
-- 1 string 60a609d385140e065fdca8d9f6679cea51fcd1888fb75436779ea2624357ef12
INSERT INTO [wfm].wfm_ledger_entries (id, feed, kind, period_start, period_end, part, revision, name,
	digest, status, begun_at) VALUES (@p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11);
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
UPDATE [wfm].wfm_ledger_entries SET status = @p1, receipt_where = @p2, receipt_bytes = @p3, delivered_at = @p4
	WHERE id = @p5 AND status = @p6;
-- 1 int64 2
-- 2 string 
-- 3 int64 1
-- 4 string 2018-10-28T01:20:00.000000000Z
-- 5 string 60a609d385140e065fdca8d9f6679cea51fcd1888fb75436779ea2624357ef12
-- 6 int64 1

-- == set the watermark twice
SELECT done_through FROM [wfm].wfm_ledger_progress WHERE feed = @p1;
-- 1 string sales
INSERT INTO [wfm].wfm_ledger_progress (feed, done_through) VALUES (@p1, @p2);
-- 1 string sales
-- 2 string 2018-10-28T00:20:00.000000000Z
SELECT done_through FROM [wfm].wfm_ledger_progress WHERE feed = @p1;
-- 1 string sales
UPDATE [wfm].wfm_ledger_progress SET done_through = @p1 WHERE feed = @p2 AND done_through < @p3;
-- 1 string 2018-10-28T01:20:00.000000000Z
-- 2 string sales
-- 3 string 2018-10-28T01:20:00.000000000Z

-- == begin what is delivered, under the lease
SELECT id, kind, period_start, period_end, part, revision, name, digest, status,
	receipt_where, receipt_bytes, begun_at, delivered_at FROM [wfm].wfm_ledger_entries WHERE id = @p1;
-- 1 string 60a609d385140e065fdca8d9f6679cea51fcd1888fb75436779ea2624357ef12
SELECT COUNT(*) FROM [wfm].wfm_ledger_leases WHERE feed = @p1 AND token = @p2 AND holder = @p3;
-- 1 string sales
-- 2 int64 1
-- 3 string host-a 1

-- == set the watermark, under the lease
SELECT done_through FROM [wfm].wfm_ledger_progress WHERE feed = @p1;
-- 1 string sales
UPDATE [wfm].wfm_ledger_progress SET done_through = @p1 WHERE feed = @p2 AND done_through < @p3;
-- 1 string 2018-10-28T02:20:00.000000000Z
-- 2 string sales
-- 3 string 2018-10-28T02:20:00.000000000Z
UPDATE [wfm].wfm_ledger_leases SET token = token WHERE feed = @p1 AND token = @p2 AND holder = @p3;
-- 1 string sales
-- 2 int64 1
-- 3 string host-a 1

-- == read entries
SELECT id, kind, period_start, period_end, part, revision, name, digest, status,
	receipt_where, receipt_bytes, begun_at, delivered_at FROM [wfm].wfm_ledger_entries WHERE feed = @p1 AND period_start >= @p2 AND period_start < @p3 ORDER BY period_start, kind, part, revision, id OFFSET 0 ROWS FETCH NEXT 500 ROWS ONLY;
-- 1 string sales
-- 2 string 2018-10-28T00:20:00.000000000Z
-- 3 string 2018-10-28T01:20:00.000000000Z

-- == prune
DELETE FROM [wfm].wfm_ledger_entries WHERE id IN (SELECT id FROM [wfm].wfm_ledger_entries WHERE feed = @p1 AND status = @p2 AND period_end < @p3 ORDER BY period_end, id OFFSET 0 ROWS FETCH NEXT 200 ROWS ONLY);
-- 1 string sales
-- 2 int64 2
-- 3 string 2018-10-28T01:20:00.000000000Z

-- == who has the feeds
SELECT feed, holder, token, ends_at FROM [wfm].wfm_ledger_leases;

-- == how far all feeds are
SELECT feed, done_through FROM [wfm].wfm_ledger_progress;

-- == release
UPDATE [wfm].wfm_ledger_leases SET ends_at = REPLACE(CONVERT(nvarchar(27), SYSUTCDATETIME(), 121), N' ', N'T') + N'00Z', ttl_ms = 0 WHERE feed = @p1 AND token = @p2 AND holder = @p3 AND ends_at > REPLACE(CONVERT(nvarchar(27), SYSUTCDATETIME(), 121), N' ', N'T') + N'00Z';
-- 1 string sales
-- 2 int64 1
-- 3 string host-a 1

-- == open
SELECT MAX(version) FROM [wfm].wfm_ledger_schema;
CREATE TABLE [wfm].wfm_ledger_schema (
	version    int          NOT NULL,
	reached_at nvarchar(30) COLLATE Latin1_General_BIN2 NOT NULL,
	CONSTRAINT wfm_ledger_schema_pk PRIMARY KEY (version)
);
CREATE TABLE [wfm].wfm_ledger_entries (
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
CREATE INDEX wfm_ledger_entries_order ON [wfm].wfm_ledger_entries (feed, period_start, kind, part, revision, id);
CREATE TABLE [wfm].wfm_ledger_progress (
	feed         nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
	done_through nvarchar(30)  COLLATE Latin1_General_BIN2 NOT NULL,
	CONSTRAINT wfm_ledger_progress_pk PRIMARY KEY (feed)
);
INSERT INTO [wfm].wfm_ledger_schema (version, reached_at) VALUES (1, REPLACE(CONVERT(nvarchar(27), SYSUTCDATETIME(), 121), N' ', N'T') + N'00Z');
CREATE TABLE [wfm].wfm_ledger_leases (
	feed       nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
	holder     nvarchar(200) COLLATE Latin1_General_BIN2 NOT NULL,
	token      bigint        NOT NULL,
	granted_at nvarchar(30)  COLLATE Latin1_General_BIN2 NOT NULL,
	ttl_ms     bigint        NOT NULL,
	ends_at    nvarchar(30)  COLLATE Latin1_General_BIN2 NOT NULL,
	CONSTRAINT wfm_ledger_leases_pk PRIMARY KEY (feed)
);
CREATE INDEX wfm_ledger_entries_age ON [wfm].wfm_ledger_entries (feed, status, period_end, id);
INSERT INTO [wfm].wfm_ledger_schema (version, reached_at) VALUES (2, REPLACE(CONVERT(nvarchar(27), SYSUTCDATETIME(), 121), N' ', N'T') + N'00Z');
SELECT MAX(version) FROM [wfm].wfm_ledger_schema;
SELECT * FROM [wfm].wfm_ledger_schema WHERE 1 = 0;
SELECT * FROM [wfm].wfm_ledger_entries WHERE 1 = 0;
SELECT * FROM [wfm].wfm_ledger_progress WHERE 1 = 0;
SELECT * FROM [wfm].wfm_ledger_leases WHERE 1 = 0;


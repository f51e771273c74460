SELECT *
  FROM "AgentActivityLog"
 WHERE 1 = 0;

SELECT *
  FROM "IWrkgrpQueueStats"
 WHERE 1 = 0;

SELECT "SiteId", "nDuration", CAST("dIntervalStart" AS TEXT)
  FROM "IWrkgrpQueueStats"
 WHERE "dIntervalStart" >= ?1 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') >= ?2 AND "dIntervalStart" < ?3 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') < ?4 AND "SiteId" = ?5
 GROUP BY "SiteId", "nDuration", "dIntervalStart"
 ORDER BY "dIntervalStart";
-- 1 string 2026-01-15
-- 2 string 2026-01-15 08:00
-- 3 string 2026-01-16
-- 4 string 2026-01-15 14:15
-- 5 int64 2

SELECT "UserId", "SiteId", CAST("StatusDateTimeGMT" AS TEXT), CAST("StatusDateTime" AS TEXT), CAST("EndDateTimeGMT" AS TEXT), "StateDuration", "StatusKey", "StatusGroup", "LoggedIn", "ChangedLoggedIn", "SeqNo"
  FROM "AgentActivityLog"
 WHERE ("StatusDateTimeGMT" < ?1 AND REPLACE(SUBSTR("StatusDateTimeGMT", 1, 16), 'T', ' ') < ?2 OR ("StatusDateTimeGMT" IS NULL AND "StatusDateTime" < ?3 AND REPLACE(SUBSTR("StatusDateTime", 1, 16), 'T', ' ') < ?4)) AND (("EndDateTimeGMT" >= ?5 AND REPLACE(SUBSTR("EndDateTimeGMT", 1, 16), 'T', ' ') >= ?6) OR (COALESCE("StatusDateTimeGMT", "StatusDateTime") >= ?7 AND REPLACE(SUBSTR(COALESCE("StatusDateTimeGMT", "StatusDateTime"), 1, 16), 'T', ' ') >= ?8) OR ("EndDateTimeGMT" IS NULL AND DATETIME(COALESCE("StatusDateTimeGMT", "StatusDateTime"), ("StateDuration") || ' seconds') >= ?9 AND REPLACE(SUBSTR(DATETIME(COALESCE("StatusDateTimeGMT", "StatusDateTime"), ("StateDuration") || ' seconds'), 1, 16), 'T', ' ') >= ?10)) AND "SiteId" = ?11
 ORDER BY CASE WHEN COALESCE("StatusDateTimeGMT", DATETIME("StatusDateTime", (-3600) || ' seconds')) < ?12 THEN ?13 ELSE COALESCE("StatusDateTimeGMT", DATETIME("StatusDateTime", (-3600) || ' seconds')) END, "UserId", "SeqNo";
-- 1 string 2026-01-16
-- 2 string 2026-01-15 10:15
-- 3 string 2026-01-16
-- 4 string 2026-01-15 14:15
-- 5 string 2026-01-13
-- 6 string 2026-01-13 10:00
-- 7 string 2026-01-13
-- 8 string 2026-01-13 08:00
-- 9 string 2026-01-13
-- 10 string 2026-01-13 08:00
-- 11 int64 2
-- 12 string 2026-01-13 10:00:00
-- 13 string 2026-01-13 10:00:00


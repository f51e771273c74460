SELECT *
  FROM "InteractionSummary"
 WHERE 1 = 0;

SELECT *
  FROM "IWrkgrpQueueStats"
 WHERE 1 = 0;

SELECT "SiteId", "nDuration", CAST("dIntervalStart" AS TEXT), CAST("dIntervalStartUTC" AS TEXT)
  FROM "IWrkgrpQueueStats"
 WHERE "dIntervalStart" >= ?1 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') >= ?2 AND "dIntervalStart" < ?3 AND (("dIntervalStartUTC" IS NULL OR +"dIntervalStartUTC" = '') OR (+"dIntervalStartUTC" >= ?4 AND REPLACE(SUBSTR(+"dIntervalStartUTC", 1, 16), 'T', ' ') >= ?5 AND +"dIntervalStartUTC" < ?6))
 GROUP BY "SiteId", "nDuration", "dIntervalStart", "dIntervalStartUTC"
 ORDER BY "dIntervalStart";
-- 1 string 2026-01-14
-- 2 string 2026-01-14 10:00
-- 3 string 2026-01-17
-- 4 string 2026-01-15
-- 5 string 2026-01-15 10:00
-- 6 string 2026-01-16

SELECT "interactionidkey", "siteid", "seqno", CAST("startdatetimeutc" AS TEXT), CAST("terminateddatetimeutc" AS TEXT), CAST("connecteddatetimeutc" AS TEXT), "direction", "mediatype", "lastlocaluserid", "lastassignedworkgroupid", "tivrwait", "tqueuewait", "talert", "tconnected", "theld", "tconference", "texternal", "tacw"
  FROM "InteractionSummary"
 WHERE "terminateddatetimeutc" >= ?1 AND REPLACE(SUBSTR("terminateddatetimeutc", 1, 16), 'T', ' ') >= ?2 AND "terminateddatetimeutc" < ?3 AND "direction" IN (?4, ?5) AND "lastassignedworkgroupid" <> '-'
 ORDER BY "terminateddatetimeutc";
-- 1 string 2026-01-15
-- 2 string 2026-01-15 10:00
-- 3 string 2026-01-16
-- 4 int64 1
-- 5 int64 5


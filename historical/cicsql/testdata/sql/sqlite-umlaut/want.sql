SELECT *
  FROM "IWrkgrpQueueStats"
 WHERE 1 = 0;

SELECT "SiteId", "nDuration", CAST("dIntervalStart" AS TEXT), CAST("dIntervalStartUTC" AS TEXT), CAST(CASE WHEN "dIntervalStartUTC" IS NULL THEN "I3TimeStampGMT" END AS TEXT)
  FROM "IWrkgrpQueueStats"
 WHERE "dIntervalStart" >= ?1 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') >= ?2 AND "dIntervalStart" < ?3 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') < ?4 AND (("dIntervalStartUTC" IS NULL OR +"dIntervalStartUTC" = '') OR (+"dIntervalStartUTC" >= ?5 AND REPLACE(SUBSTR(+"dIntervalStartUTC", 1, 16), 'T', ' ') >= ?6 AND +"dIntervalStartUTC" < ?7 AND REPLACE(SUBSTR(+"dIntervalStartUTC", 1, 16), 'T', ' ') < ?8))
 GROUP BY "SiteId", "nDuration", "dIntervalStart", "dIntervalStartUTC", CASE WHEN "dIntervalStartUTC" IS NULL THEN "I3TimeStampGMT" END
 ORDER BY "dIntervalStart";
-- 1 string 2026-01-14
-- 2 string 2026-01-14 10:00
-- 3 string 2026-01-17
-- 4 string 2026-01-16 10:15
-- 5 string 2026-01-15
-- 6 string 2026-01-15 10:00
-- 7 string 2026-01-16
-- 8 string 2026-01-15 10:15

SELECT "cName", "SiteId", CASE WHEN ("dIntervalStartUTC" IS NULL OR +"dIntervalStartUTC" = '') THEN CAST("dIntervalStart" AS TEXT) END, CAST("dIntervalStartUTC" AS TEXT), CASE WHEN ("dIntervalStartUTC" IS NULL OR +"dIntervalStartUTC" = '') THEN CAST("I3TimeStampGMT" AS TEXT) END, "nDuration", "nEnteredAcd"
  FROM "IWrkgrpQueueStats"
 WHERE "dIntervalStart" >= ?1 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') >= ?2 AND "dIntervalStart" < ?3 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') < ?4 AND (("dIntervalStartUTC" IS NULL OR +"dIntervalStartUTC" = '') OR (+"dIntervalStartUTC" >= ?5 AND REPLACE(SUBSTR(+"dIntervalStartUTC", 1, 16), 'T', ' ') >= ?6 AND +"dIntervalStartUTC" < ?7 AND REPLACE(SUBSTR(+"dIntervalStartUTC", 1, 16), 'T', ' ') < ?8)) AND "cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*'
 ORDER BY "dIntervalStart";
-- 1 string 2026-01-14
-- 2 string 2026-01-14 10:00
-- 3 string 2026-01-17
-- 4 string 2026-01-16 10:15
-- 5 string 2026-01-15
-- 6 string 2026-01-15 10:00
-- 7 string 2026-01-16
-- 8 string 2026-01-15 10:15


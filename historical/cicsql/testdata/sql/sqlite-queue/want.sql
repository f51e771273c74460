SELECT *
  FROM "IWrkgrpQueueStats"
 WHERE 1 = 0;

SELECT "cName", "SiteId", CAST("dIntervalStart" AS TEXT), CAST("dIntervalStartUTC" AS TEXT), SUM(CASE WHEN "cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN 1 ELSE 0 END), SUM(CASE WHEN "cReportGroup" <> '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN 1 ELSE 0 END), COALESCE(SUM(CASE WHEN "cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN "nEnteredAcd" END), 0), COALESCE(SUM(CASE WHEN "cReportGroup" <> '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN "nEnteredAcd" END), 0), COALESCE(SUM(CASE WHEN "cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN "nAnsweredAcd" END), 0), COALESCE(SUM(CASE WHEN "cReportGroup" <> '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN "nAnsweredAcd" END), 0)
  FROM "IWrkgrpQueueStats"
 WHERE "dIntervalStart" >= ?1 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') >= ?2 AND "dIntervalStart" < ?3 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') < ?4 AND (("dIntervalStartUTC" IS NULL OR +"dIntervalStartUTC" = '') OR (+"dIntervalStartUTC" >= ?5 AND REPLACE(SUBSTR(+"dIntervalStartUTC", 1, 16), 'T', ' ') >= ?6 AND +"dIntervalStartUTC" < ?7 AND REPLACE(SUBSTR(+"dIntervalStartUTC", 1, 16), 'T', ' ') < ?8)) AND (("cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*') OR ("cReportGroup" <> '*' AND "cHKey3" = '*' AND "cHKey4" = '*')) AND LOWER("cName") IN (LOWER(?9))
 GROUP BY "cName", "SiteId", "dIntervalStart", "dIntervalStartUTC"
HAVING COALESCE(SUM(CASE WHEN "cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN "nEnteredAcd" END), 0) <> COALESCE(SUM(CASE WHEN "cReportGroup" <> '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN "nEnteredAcd" END), 0) OR COALESCE(SUM(CASE WHEN "cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN "nAnsweredAcd" END), 0) <> COALESCE(SUM(CASE WHEN "cReportGroup" <> '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN "nAnsweredAcd" END), 0)
 ORDER BY "dIntervalStart";
-- 1 string 2026-01-14
-- 2 string 2026-01-14 10:00
-- 3 string 2026-01-17
-- 4 string 2026-01-16 10:15
-- 5 string 2026-01-15
-- 6 string 2026-01-15 10:00
-- 7 string 2026-01-16
-- 8 string 2026-01-15 10:15
-- 9 string Sales

SELECT "cName", "SiteId", CAST("dIntervalStart" AS TEXT), CAST("dIntervalStartUTC" AS TEXT), SUM(CASE WHEN "cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN 1 ELSE 0 END), SUM(CASE WHEN "cReportGroup" <> '*' AND ("cHKey3" <> '*' OR "cHKey3" IS NULL) AND "cHKey4" = '*' THEN 1 ELSE 0 END), COALESCE(SUM(CASE WHEN "cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN "nEnteredAcd" END), 0), COALESCE(SUM(CASE WHEN "cReportGroup" <> '*' AND ("cHKey3" <> '*' OR "cHKey3" IS NULL) AND "cHKey4" = '*' THEN "nEnteredAcd" END), 0), COALESCE(SUM(CASE WHEN "cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN "nAnsweredAcd" END), 0), COALESCE(SUM(CASE WHEN "cReportGroup" <> '*' AND ("cHKey3" <> '*' OR "cHKey3" IS NULL) AND "cHKey4" = '*' THEN "nAnsweredAcd" END), 0)
  FROM "IWrkgrpQueueStats"
 WHERE "dIntervalStart" >= ?1 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') >= ?2 AND "dIntervalStart" < ?3 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') < ?4 AND (("dIntervalStartUTC" IS NULL OR +"dIntervalStartUTC" = '') OR (+"dIntervalStartUTC" >= ?5 AND REPLACE(SUBSTR(+"dIntervalStartUTC", 1, 16), 'T', ' ') >= ?6 AND +"dIntervalStartUTC" < ?7 AND REPLACE(SUBSTR(+"dIntervalStartUTC", 1, 16), 'T', ' ') < ?8)) AND (("cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*') OR ("cReportGroup" <> '*' AND ("cHKey3" <> '*' OR "cHKey3" IS NULL) AND "cHKey4" = '*')) AND LOWER("cName") IN (LOWER(?9))
 GROUP BY "cName", "SiteId", "dIntervalStart", "dIntervalStartUTC"
HAVING COALESCE(SUM(CASE WHEN "cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN "nEnteredAcd" END), 0) <> COALESCE(SUM(CASE WHEN "cReportGroup" <> '*' AND ("cHKey3" <> '*' OR "cHKey3" IS NULL) AND "cHKey4" = '*' THEN "nEnteredAcd" END), 0) OR COALESCE(SUM(CASE WHEN "cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN "nAnsweredAcd" END), 0) <> COALESCE(SUM(CASE WHEN "cReportGroup" <> '*' AND ("cHKey3" <> '*' OR "cHKey3" IS NULL) AND "cHKey4" = '*' THEN "nAnsweredAcd" END), 0)
 ORDER BY "dIntervalStart";
-- 1 string 2026-01-14
-- 2 string 2026-01-14 10:00
-- 3 string 2026-01-17
-- 4 string 2026-01-16 10:15
-- 5 string 2026-01-15
-- 6 string 2026-01-15 10:00
-- 7 string 2026-01-16
-- 8 string 2026-01-15 10:15
-- 9 string Sales

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

SELECT "cName", "cHKey3", "SiteId", CASE WHEN ("dIntervalStartUTC" IS NULL OR +"dIntervalStartUTC" = '') THEN CAST("dIntervalStart" AS TEXT) END, CAST("dIntervalStartUTC" AS TEXT), CASE WHEN ("dIntervalStartUTC" IS NULL OR +"dIntervalStartUTC" = '') THEN CAST("I3TimeStampGMT" AS TEXT) END, "nDuration", "nEnteredAcd", "nAnsweredAcd"
  FROM "IWrkgrpQueueStats"
 WHERE "dIntervalStart" >= ?1 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') >= ?2 AND "dIntervalStart" < ?3 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') < ?4 AND (("dIntervalStartUTC" IS NULL OR +"dIntervalStartUTC" = '') OR (+"dIntervalStartUTC" >= ?5 AND REPLACE(SUBSTR(+"dIntervalStartUTC", 1, 16), 'T', ' ') >= ?6 AND +"dIntervalStartUTC" < ?7 AND REPLACE(SUBSTR(+"dIntervalStartUTC", 1, 16), 'T', ' ') < ?8)) AND (("cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*') OR ("cReportGroup" <> '*' AND ("cHKey3" <> '*' OR "cHKey3" IS NULL) AND "cHKey4" = '*' AND LOWER("cHKey3") IN (LOWER(?9), LOWER(?10), LOWER(?11)))) AND LOWER("cName") IN (LOWER(?12))
 ORDER BY "dIntervalStart";
-- 1 string 2026-01-14
-- 2 string 2026-01-14 10:00
-- 3 string 2026-01-17
-- 4 string 2026-01-16 10:15
-- 5 string 2026-01-15
-- 6 string 2026-01-15 10:00
-- 7 string 2026-01-16
-- 8 string 2026-01-15 10:15
-- 9 string Call
-- 10 string Email
-- 11 string Email Interaction
-- 12 string Sales


SELECT *
  FROM "UserWorkgroups"
 WHERE 1 = 0;

SELECT *
  FROM "IAgentQueueStats"
 WHERE 1 = 0;

SELECT "UserId", "WorkGroup"
  FROM "UserWorkgroups"
 WHERE "UserId" IS NOT NULL AND "SiteId" = ?1 AND LOWER("WorkGroup") IN (LOWER(?2));
-- 1 int64 2
-- 2 string Sales

SELECT "cName", "cReportGroup", CAST("dIntervalStart" AS TEXT), "nDuration", CAST("I3TimeStampGMT" AS TEXT)
  FROM "IAgentQueueStats"
 WHERE "dIntervalStart" >= ?1 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') >= ?2 AND "dIntervalStart" < ?3 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') < ?4 AND "SiteId" = ?5 AND "cReportGroup" <> '*' AND LOWER("cReportGroup") IN (LOWER(?6));
-- 1 string 2026-01-15
-- 2 string 2026-01-15 08:00
-- 3 string 2026-01-16
-- 4 string 2026-01-15 14:15
-- 5 int64 2
-- 6 string Sales

SELECT *
  FROM "AgentActivityLog"
 WHERE 1 = 0;

SELECT *
  FROM "IWrkgrpQueueStats"
 WHERE 1 = 0;

SELECT "cName", "SiteId", CAST("dIntervalStart" AS TEXT), SUM(CASE WHEN "cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN 1 ELSE 0 END), SUM(CASE WHEN "cReportGroup" <> '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN 1 ELSE 0 END), COALESCE(SUM(CASE WHEN "cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN "nAnsweredAcd" END), 0), COALESCE(SUM(CASE WHEN "cReportGroup" <> '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN "nAnsweredAcd" END), 0)
  FROM "IAgentQueueStats"
 WHERE "dIntervalStart" >= ?1 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') >= ?2 AND "dIntervalStart" < ?3 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') < ?4 AND "SiteId" = ?5 AND (("cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*') OR ("cReportGroup" <> '*' AND "cHKey3" = '*' AND "cHKey4" = '*')) AND LOWER("cName") IN (LOWER(?6), LOWER(?7))
 GROUP BY "cName", "SiteId", "dIntervalStart"
HAVING COALESCE(SUM(CASE WHEN "cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN "nAnsweredAcd" END), 0) <> COALESCE(SUM(CASE WHEN "cReportGroup" <> '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN "nAnsweredAcd" END), 0)
 ORDER BY "dIntervalStart";
-- 1 string 2026-01-15
-- 2 string 2026-01-15 08:00
-- 3 string 2026-01-16
-- 4 string 2026-01-15 14:15
-- 5 int64 2
-- 6 string anna
-- 7 string bert

SELECT "cName", "SiteId", CAST("dIntervalStart" AS TEXT), SUM(CASE WHEN "cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN 1 ELSE 0 END), SUM(CASE WHEN "cReportGroup" <> '*' AND ("cHKey3" <> '*' OR "cHKey3" IS NULL) AND ("cHKey4" <> '*' OR "cHKey4" IS NULL) THEN 1 ELSE 0 END), COALESCE(SUM(CASE WHEN "cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN "nAnsweredAcd" END), 0), COALESCE(SUM(CASE WHEN "cReportGroup" <> '*' AND ("cHKey3" <> '*' OR "cHKey3" IS NULL) AND ("cHKey4" <> '*' OR "cHKey4" IS NULL) THEN "nAnsweredAcd" END), 0)
  FROM "IAgentQueueStats"
 WHERE "dIntervalStart" >= ?1 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') >= ?2 AND "dIntervalStart" < ?3 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') < ?4 AND "SiteId" = ?5 AND (("cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*') OR ("cReportGroup" <> '*' AND ("cHKey3" <> '*' OR "cHKey3" IS NULL) AND ("cHKey4" <> '*' OR "cHKey4" IS NULL))) AND LOWER("cName") IN (LOWER(?6), LOWER(?7))
 GROUP BY "cName", "SiteId", "dIntervalStart"
HAVING COALESCE(SUM(CASE WHEN "cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*' THEN "nAnsweredAcd" END), 0) <> COALESCE(SUM(CASE WHEN "cReportGroup" <> '*' AND ("cHKey3" <> '*' OR "cHKey3" IS NULL) AND ("cHKey4" <> '*' OR "cHKey4" IS NULL) THEN "nAnsweredAcd" END), 0)
 ORDER BY "dIntervalStart";
-- 1 string 2026-01-15
-- 2 string 2026-01-15 08:00
-- 3 string 2026-01-16
-- 4 string 2026-01-15 14:15
-- 5 int64 2
-- 6 string anna
-- 7 string bert

SELECT "SiteId", "nDuration", CAST("dIntervalStart" AS TEXT), CAST("I3TimeStampGMT" AS TEXT)
  FROM "IWrkgrpQueueStats"
 WHERE "dIntervalStart" >= ?1 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') >= ?2 AND "dIntervalStart" < ?3 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') < ?4 AND "SiteId" = ?5
 GROUP BY "SiteId", "nDuration", "dIntervalStart", "I3TimeStampGMT"
 ORDER BY "dIntervalStart";
-- 1 string 2026-01-15
-- 2 string 2026-01-15 08:00
-- 3 string 2026-01-16
-- 4 string 2026-01-15 14:15
-- 5 int64 2

SELECT "cName", "SiteId", CAST("dIntervalStart" AS TEXT), CAST("I3TimeStampGMT" AS TEXT), "nDuration", "nAnsweredAcd", "tAgentLoggedIn", "tAgentOnAcdCall", "tAgentOnOtherAcdCall", "tAgentInAcw", "tAgentOnNonAcdCall", "tAgentAvailable", "tAgentDnd", "tAgentNotAvailable"
  FROM "IAgentQueueStats"
 WHERE "dIntervalStart" >= ?1 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') >= ?2 AND "dIntervalStart" < ?3 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') < ?4 AND "SiteId" = ?5 AND "cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*' AND LOWER("cName") IN (LOWER(?6), LOWER(?7))
 ORDER BY "dIntervalStart";
-- 1 string 2026-01-15
-- 2 string 2026-01-15 08:00
-- 3 string 2026-01-16
-- 4 string 2026-01-15 14:15
-- 5 int64 2
-- 6 string anna
-- 7 string bert

SELECT "cName", "cReportGroup", "cHKey4", "SiteId", CAST("dIntervalStart" AS TEXT), CAST("I3TimeStampGMT" AS TEXT), "nDuration", "nAnsweredAcd"
  FROM "IAgentQueueStats"
 WHERE "dIntervalStart" >= ?1 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') >= ?2 AND "dIntervalStart" < ?3 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') < ?4 AND "SiteId" = ?5 AND "cReportGroup" <> '*' AND ("cHKey3" <> '*' OR "cHKey3" IS NULL) AND ("cHKey4" <> '*' OR "cHKey4" IS NULL) AND "cReportGroup" <> '-' AND LOWER("cHKey4") IN (LOWER(?6)) AND LOWER("cReportGroup") IN (LOWER(?7))
 ORDER BY "dIntervalStart";
-- 1 string 2026-01-15
-- 2 string 2026-01-15 08:00
-- 3 string 2026-01-16
-- 4 string 2026-01-15 14:15
-- 5 int64 2
-- 6 string Call
-- 7 string Sales

SELECT "UserId", "SiteId", CAST("StatusDateTimeGMT" AS TEXT), CAST("StatusDateTime" AS TEXT), CAST("EndDateTimeGMT" AS TEXT), "StateDuration", "StatusKey", "StatusGroup", "LoggedIn", "ChangedLoggedIn", "SeqNo"
  FROM "AgentActivityLog"
 WHERE ("StatusDateTimeGMT" < ?1 AND REPLACE(SUBSTR("StatusDateTimeGMT", 1, 16), 'T', ' ') < ?2 OR ("StatusDateTimeGMT" IS NULL AND "StatusDateTime" < ?3 AND REPLACE(SUBSTR("StatusDateTime", 1, 16), 'T', ' ') < ?4)) AND (("EndDateTimeGMT" >= ?5 AND REPLACE(SUBSTR("EndDateTimeGMT", 1, 16), 'T', ' ') >= ?6) OR (COALESCE("StatusDateTimeGMT", "StatusDateTime") >= ?7 AND REPLACE(SUBSTR(COALESCE("StatusDateTimeGMT", "StatusDateTime"), 1, 16), 'T', ' ') >= ?8) OR ("EndDateTimeGMT" IS NULL AND DATETIME(COALESCE("StatusDateTimeGMT", "StatusDateTime"), ("StateDuration") || ' seconds') >= ?9 AND REPLACE(SUBSTR(DATETIME(COALESCE("StatusDateTimeGMT", "StatusDateTime"), ("StateDuration") || ' seconds'), 1, 16), 'T', ' ') >= ?10)) AND "SiteId" = ?11 AND LOWER("UserId") IN (LOWER(?12), LOWER(?13))
 ORDER BY CASE WHEN COALESCE("StatusDateTimeGMT", DATETIME("StatusDateTime", (-3600) || ' seconds')) < ?14 THEN ?15 ELSE COALESCE("StatusDateTimeGMT", DATETIME("StatusDateTime", (-3600) || ' seconds')) END, "UserId", "SeqNo";
-- 1 string 2026-01-16
-- 2 string 2026-01-15 10:15
-- 3 string 2026-01-16
-- 4 string 2026-01-15 14:15
-- 5 string 2026-01-15
-- 6 string 2026-01-15 10:00
-- 7 string 2026-01-15
-- 8 string 2026-01-15 08:00
-- 9 string 2026-01-15
-- 10 string 2026-01-15 08:00
-- 11 int64 2
-- 12 string anna
-- 13 string bert
-- 14 string 2026-01-15 10:00:00
-- 15 string 2026-01-15 10:00:00


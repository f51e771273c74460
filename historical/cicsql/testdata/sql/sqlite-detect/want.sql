SELECT *
  FROM "IWrkgrpQueueStats"
 WHERE 1 = 0;

SELECT *
  FROM "IAgentQueueStats"
 WHERE 1 = 0;

SELECT *
  FROM "UserWorkgroups"
 WHERE 1 = 0;

SELECT CASE WHEN "cReportGroup" = '*' THEN 1 ELSE 0 END, CASE WHEN "cHKey3" = '*' THEN 1 ELSE 0 END, CASE WHEN "cHKey4" = '*' THEN 1 ELSE 0 END, SUM(CASE WHEN LOWER("cReportGroup") IN (LOWER(?1), LOWER(?2), LOWER(?3), LOWER(?4), LOWER(?5), LOWER(?6), LOWER(?7), LOWER(?8), LOWER(?9), LOWER(?10), LOWER(?11), LOWER(?12), LOWER(?13), LOWER(?14), LOWER(?15), LOWER(?16), LOWER(?17), LOWER(?18), LOWER(?19)) THEN 1 ELSE 0 END), SUM(CASE WHEN LOWER("cHKey3") IN (LOWER(?20), LOWER(?21), LOWER(?22), LOWER(?23), LOWER(?24), LOWER(?25), LOWER(?26), LOWER(?27), LOWER(?28), LOWER(?29), LOWER(?30), LOWER(?31), LOWER(?32), LOWER(?33), LOWER(?34), LOWER(?35), LOWER(?36), LOWER(?37), LOWER(?38)) THEN 1 ELSE 0 END), SUM(CASE WHEN LOWER("cHKey4") IN (LOWER(?39), LOWER(?40), LOWER(?41), LOWER(?42), LOWER(?43), LOWER(?44), LOWER(?45), LOWER(?46), LOWER(?47), LOWER(?48), LOWER(?49), LOWER(?50), LOWER(?51), LOWER(?52), LOWER(?53), LOWER(?54), LOWER(?55), LOWER(?56), LOWER(?57)) THEN 1 ELSE 0 END), SUM(CASE WHEN "cReportGroup" NOT IN ('*', '-') THEN 1 ELSE 0 END), SUM(CASE WHEN "cHKey3" NOT IN ('*', '-') THEN 1 ELSE 0 END), SUM(CASE WHEN "cHKey4" NOT IN ('*', '-') THEN 1 ELSE 0 END)
  FROM "IWrkgrpQueueStats"
 WHERE "dIntervalStart" >= ?58 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') >= ?59 AND "dIntervalStart" < ?60 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') < ?61
 GROUP BY CASE WHEN "cReportGroup" = '*' THEN 1 ELSE 0 END, CASE WHEN "cHKey3" = '*' THEN 1 ELSE 0 END, CASE WHEN "cHKey4" = '*' THEN 1 ELSE 0 END;
-- 1 string call
-- 2 string callback
-- 3 string chat
-- 4 string email
-- 5 string email interaction
-- 6 string fax
-- 7 string generic
-- 8 string generic interaction
-- 9 string generic object
-- 10 string instant question
-- 11 string monitor
-- 12 string sms
-- 13 string social
-- 14 string social conversation
-- 15 string social direct message
-- 16 string social media
-- 17 string web collaboration
-- 18 string work item
-- 19 string workitem
-- 20 string call
-- 21 string callback
-- 22 string chat
-- 23 string email
-- 24 string email interaction
-- 25 string fax
-- 26 string generic
-- 27 string generic interaction
-- 28 string generic object
-- 29 string instant question
-- 30 string monitor
-- 31 string sms
-- 32 string social
-- 33 string social conversation
-- 34 string social direct message
-- 35 string social media
-- 36 string web collaboration
-- 37 string work item
-- 38 string workitem
-- 39 string call
-- 40 string callback
-- 41 string chat
-- 42 string email
-- 43 string email interaction
-- 44 string fax
-- 45 string generic
-- 46 string generic interaction
-- 47 string generic object
-- 48 string instant question
-- 49 string monitor
-- 50 string sms
-- 51 string social
-- 52 string social conversation
-- 53 string social direct message
-- 54 string social media
-- 55 string web collaboration
-- 56 string work item
-- 57 string workitem
-- 58 string 2026-01-13
-- 59 string 2026-01-13 10:00
-- 60 string 2026-01-18
-- 61 string 2026-01-17 10:15

SELECT CAST(MAX("dIntervalStart") AS TEXT)
  FROM "IWrkgrpQueueStats";

SELECT DISTINCT "SiteId", "nDuration", CAST("dIntervalStart" AS TEXT), CAST("dIntervalStartUTC" AS TEXT), CAST("I3TimeStampGMT" AS TEXT)
  FROM "IWrkgrpQueueStats"
 WHERE "dIntervalStart" >= ?1 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') >= ?2 AND "dIntervalStart" < ?3 AND REPLACE(SUBSTR("dIntervalStart", 1, 16), 'T', ' ') < ?4 AND (("dIntervalStartUTC" IS NULL OR +"dIntervalStartUTC" = '') OR (+"dIntervalStartUTC" >= ?5 AND REPLACE(SUBSTR(+"dIntervalStartUTC", 1, 16), 'T', ' ') >= ?6 AND +"dIntervalStartUTC" < ?7 AND REPLACE(SUBSTR(+"dIntervalStartUTC", 1, 16), 'T', ' ') < ?8));
-- 1 string 2026-01-14
-- 2 string 2026-01-14 10:00
-- 3 string 2026-01-17
-- 4 string 2026-01-16 10:15
-- 5 string 2026-01-15
-- 6 string 2026-01-15 10:00
-- 7 string 2026-01-16
-- 8 string 2026-01-15 10:15

SELECT DISTINCT "cName"
  FROM "IWrkgrpQueueStats"
 WHERE "cName" IS NOT NULL;

SELECT DISTINCT "WorkGroup"
  FROM "UserWorkgroups"
 WHERE "WorkGroup" IS NOT NULL;


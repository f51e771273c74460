SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP)
  FROM DUAL;

SELECT *
  FROM "IWRKGRPQUEUESTATS"
 WHERE 1 = 0;

SELECT *
  FROM "IAGENTQUEUESTATS"
 WHERE 1 = 0;

SELECT *
  FROM "USERWORKGROUPS"
 WHERE 1 = 0;

SELECT CASE WHEN "CREPORTGROUP" = '*' THEN 1 ELSE 0 END, CASE WHEN "CHKEY3" = '*' THEN 1 ELSE 0 END, CASE WHEN "CHKEY4" = '*' THEN 1 ELSE 0 END, SUM(CASE WHEN LOWER("CREPORTGROUP") IN (LOWER(:1), LOWER(:2), LOWER(:3), LOWER(:4), LOWER(:5), LOWER(:6), LOWER(:7), LOWER(:8), LOWER(:9), LOWER(:10), LOWER(:11), LOWER(:12), LOWER(:13), LOWER(:14), LOWER(:15), LOWER(:16), LOWER(:17), LOWER(:18), LOWER(:19)) THEN 1 ELSE 0 END), SUM(CASE WHEN LOWER("CHKEY3") IN (LOWER(:20), LOWER(:21), LOWER(:22), LOWER(:23), LOWER(:24), LOWER(:25), LOWER(:26), LOWER(:27), LOWER(:28), LOWER(:29), LOWER(:30), LOWER(:31), LOWER(:32), LOWER(:33), LOWER(:34), LOWER(:35), LOWER(:36), LOWER(:37), LOWER(:38)) THEN 1 ELSE 0 END), SUM(CASE WHEN LOWER("CHKEY4") IN (LOWER(:39), LOWER(:40), LOWER(:41), LOWER(:42), LOWER(:43), LOWER(:44), LOWER(:45), LOWER(:46), LOWER(:47), LOWER(:48), LOWER(:49), LOWER(:50), LOWER(:51), LOWER(:52), LOWER(:53), LOWER(:54), LOWER(:55), LOWER(:56), LOWER(:57)) THEN 1 ELSE 0 END), SUM(CASE WHEN "CREPORTGROUP" NOT IN ('*', '-') THEN 1 ELSE 0 END), SUM(CASE WHEN "CHKEY3" NOT IN ('*', '-') THEN 1 ELSE 0 END), SUM(CASE WHEN "CHKEY4" NOT IN ('*', '-') THEN 1 ELSE 0 END)
  FROM "IWRKGRPQUEUESTATS"
 WHERE "DINTERVALSTART" >= TO_DATE(:58, 'YYYY-MM-DD HH24:MI:SS') AND "DINTERVALSTART" < TO_DATE(:59, 'YYYY-MM-DD HH24:MI:SS')
 GROUP BY CASE WHEN "CREPORTGROUP" = '*' THEN 1 ELSE 0 END, CASE WHEN "CHKEY3" = '*' THEN 1 ELSE 0 END, CASE WHEN "CHKEY4" = '*' THEN 1 ELSE 0 END;
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
-- 58 string 2026-01-13 10:00:00
-- 59 string 2026-01-17 10:15:00

SELECT MAX("DINTERVALSTART")
  FROM "IWRKGRPQUEUESTATS";

SELECT DISTINCT "SITEID", "NDURATION", "DINTERVALSTART", "DINTERVALSTARTUTC", "I3TIMESTAMPGMT"
  FROM "IWRKGRPQUEUESTATS"
 WHERE "DINTERVALSTART" >= TO_DATE(:1, 'YYYY-MM-DD HH24:MI:SS') AND "DINTERVALSTART" < TO_DATE(:2, 'YYYY-MM-DD HH24:MI:SS') AND ("DINTERVALSTARTUTC" IS NULL OR ("DINTERVALSTARTUTC" >= TO_DATE(:3, 'YYYY-MM-DD HH24:MI:SS') AND "DINTERVALSTARTUTC" < TO_DATE(:4, 'YYYY-MM-DD HH24:MI:SS')));
-- 1 string 2026-01-14 10:00:00
-- 2 string 2026-01-16 10:15:00
-- 3 string 2026-01-15 10:00:00
-- 4 string 2026-01-15 10:15:00

SELECT DISTINCT "CNAME"
  FROM "IWRKGRPQUEUESTATS"
 WHERE "CNAME" IS NOT NULL;

SELECT DISTINCT "WORKGROUP"
  FROM "USERWORKGROUPS"
 WHERE "WORKGROUP" IS NOT NULL;


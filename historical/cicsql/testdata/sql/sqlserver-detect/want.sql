SELECT SYSUTCDATETIME();

SELECT *
  FROM [IWrkgrpQueueStats]
 WHERE 1 = 0;

SELECT *
  FROM [IAgentQueueStats]
 WHERE 1 = 0;

SELECT *
  FROM [UserWorkgroups]
 WHERE 1 = 0;

SELECT CASE WHEN [cReportGroup] = '*' THEN 1 ELSE 0 END, CASE WHEN [cHKey3] = '*' THEN 1 ELSE 0 END, CASE WHEN [cHKey4] = '*' THEN 1 ELSE 0 END, SUM(CASE WHEN LOWER([cReportGroup]) IN (LOWER(@p1), LOWER(@p2), LOWER(@p3), LOWER(@p4), LOWER(@p5), LOWER(@p6), LOWER(@p7), LOWER(@p8), LOWER(@p9), LOWER(@p10), LOWER(@p11), LOWER(@p12), LOWER(@p13), LOWER(@p14), LOWER(@p15), LOWER(@p16), LOWER(@p17), LOWER(@p18), LOWER(@p19)) THEN 1 ELSE 0 END), SUM(CASE WHEN LOWER([cHKey3]) IN (LOWER(@p20), LOWER(@p21), LOWER(@p22), LOWER(@p23), LOWER(@p24), LOWER(@p25), LOWER(@p26), LOWER(@p27), LOWER(@p28), LOWER(@p29), LOWER(@p30), LOWER(@p31), LOWER(@p32), LOWER(@p33), LOWER(@p34), LOWER(@p35), LOWER(@p36), LOWER(@p37), LOWER(@p38)) THEN 1 ELSE 0 END), SUM(CASE WHEN LOWER([cHKey4]) IN (LOWER(@p39), LOWER(@p40), LOWER(@p41), LOWER(@p42), LOWER(@p43), LOWER(@p44), LOWER(@p45), LOWER(@p46), LOWER(@p47), LOWER(@p48), LOWER(@p49), LOWER(@p50), LOWER(@p51), LOWER(@p52), LOWER(@p53), LOWER(@p54), LOWER(@p55), LOWER(@p56), LOWER(@p57)) THEN 1 ELSE 0 END), SUM(CASE WHEN [cReportGroup] NOT IN ('*', '-') THEN 1 ELSE 0 END), SUM(CASE WHEN [cHKey3] NOT IN ('*', '-') THEN 1 ELSE 0 END), SUM(CASE WHEN [cHKey4] NOT IN ('*', '-') THEN 1 ELSE 0 END)
  FROM [IWrkgrpQueueStats]
 WHERE [dIntervalStart] >= @p58 AND [dIntervalStart] < @p59
 GROUP BY CASE WHEN [cReportGroup] = '*' THEN 1 ELSE 0 END, CASE WHEN [cHKey3] = '*' THEN 1 ELSE 0 END, CASE WHEN [cHKey4] = '*' THEN 1 ELSE 0 END;
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
-- 58 string 2026-01-13T10:00:00
-- 59 string 2026-01-17T10:15:00

SELECT MAX([dIntervalStart])
  FROM [IWrkgrpQueueStats];

SELECT DISTINCT [SiteId], [nDuration], [dIntervalStart], [dIntervalStartUTC], [I3TimeStampGMT]
  FROM [IWrkgrpQueueStats]
 WHERE [dIntervalStart] >= @p1 AND [dIntervalStart] < @p2 AND ([dIntervalStartUTC] IS NULL OR ([dIntervalStartUTC] >= @p3 AND [dIntervalStartUTC] < @p4));
-- 1 string 2026-01-14T10:00:00
-- 2 string 2026-01-16T10:15:00
-- 3 string 2026-01-15T10:00:00
-- 4 string 2026-01-15T10:15:00

SELECT DISTINCT [cName]
  FROM [IWrkgrpQueueStats]
 WHERE [cName] IS NOT NULL;

SELECT DISTINCT [WorkGroup]
  FROM [UserWorkgroups]
 WHERE [WorkGroup] IS NOT NULL;


SELECT *
  FROM [AgentActivityLog]
 WHERE 1 = 0;

SELECT *
  FROM [IWrkgrpQueueStats]
 WHERE 1 = 0;

SELECT [SiteId], [nDuration], [dIntervalStart]
  FROM [IWrkgrpQueueStats]
 WHERE [dIntervalStart] >= @p1 AND [dIntervalStart] < @p2 AND [SiteId] = @p3
 GROUP BY [SiteId], [nDuration], [dIntervalStart]
 ORDER BY [dIntervalStart];
-- 1 string 2026-01-15T08:00:00
-- 2 string 2026-01-15T14:15:00
-- 3 int64 2

SELECT [UserId], [SiteId], [StatusDateTimeGMT], [StatusDateTime], [EndDateTimeGMT], [StateDuration], [StatusKey], [StatusGroup], [LoggedIn], [ChangedLoggedIn], [SeqNo]
  FROM [AgentActivityLog]
 WHERE ([StatusDateTimeGMT] < @p1 OR ([StatusDateTimeGMT] IS NULL AND [StatusDateTime] < @p2)) AND (([EndDateTimeGMT] >= @p3) OR (COALESCE([StatusDateTimeGMT], [StatusDateTime]) >= @p4) OR ([EndDateTimeGMT] IS NULL AND DATEADD(second, [StateDuration], COALESCE([StatusDateTimeGMT], [StatusDateTime])) >= @p5)) AND [SiteId] = @p6
 ORDER BY CASE WHEN COALESCE([StatusDateTimeGMT], DATEADD(second, -3600, [StatusDateTime])) < @p7 THEN @p8 ELSE COALESCE([StatusDateTimeGMT], DATEADD(second, -3600, [StatusDateTime])) END, [UserId], [SeqNo];
-- 1 string 2026-01-15T10:15:00
-- 2 string 2026-01-15T14:15:00
-- 3 string 2026-01-13T10:00:00
-- 4 string 2026-01-13T08:00:00
-- 5 string 2026-01-13T08:00:00
-- 6 int64 2
-- 7 string 2026-01-13T10:00:00
-- 8 string 2026-01-13T10:00:00


SELECT *
  FROM [I3_IC_2020].[dbo].[IWrkgrpQueueStats] WITH (NOLOCK)
 WHERE 1 = 0;

SELECT [cName], [SiteId], CASE WHEN [dIntervalStartUTC] IS NULL THEN [dIntervalStart] END, [dIntervalStartUTC], CASE WHEN [dIntervalStartUTC] IS NULL THEN [I3TimeStampGMT] END, [nDuration], [nEnteredAcd]
  FROM [I3_IC_2020].[dbo].[IWrkgrpQueueStats] WITH (NOLOCK)
 WHERE [dIntervalStart] >= @p1 AND [dIntervalStart] < @p2 AND ([dIntervalStartUTC] IS NULL OR ([dIntervalStartUTC] >= @p3 AND [dIntervalStartUTC] < @p4)) AND [cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*'
 ORDER BY [dIntervalStart];
-- 1 string 2026-01-14T10:00:00
-- 2 string 2026-01-16T10:15:00
-- 3 string 2026-01-15T10:00:00
-- 4 string 2026-01-15T10:15:00


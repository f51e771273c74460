SELECT *
  FROM [IWrkgrpQueueStats]
 WHERE 1 = 0;

SELECT [cName], [SiteId], [dIntervalStart], [dIntervalStartUTC], SUM(CASE WHEN [cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN 1 ELSE 0 END), SUM(CASE WHEN [cReportGroup] <> '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN 1 ELSE 0 END), COALESCE(SUM(CASE WHEN [cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN CAST([nEnteredAcd] AS bigint) END), 0), COALESCE(SUM(CASE WHEN [cReportGroup] <> '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN CAST([nEnteredAcd] AS bigint) END), 0), COALESCE(SUM(CASE WHEN [cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN CAST([nAnsweredAcd] AS bigint) END), 0), COALESCE(SUM(CASE WHEN [cReportGroup] <> '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN CAST([nAnsweredAcd] AS bigint) END), 0)
  FROM [IWrkgrpQueueStats]
 WHERE [dIntervalStart] >= @p1 AND [dIntervalStart] < @p2 AND ([dIntervalStartUTC] IS NULL OR ([dIntervalStartUTC] >= @p3 AND [dIntervalStartUTC] < @p4)) AND (([cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*') OR ([cReportGroup] <> '*' AND [cHKey3] = '*' AND [cHKey4] = '*')) AND LOWER([cName]) IN (LOWER(@p5), LOWER(@p6))
 GROUP BY [cName], [SiteId], [dIntervalStart], [dIntervalStartUTC]
HAVING COALESCE(SUM(CASE WHEN [cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN CAST([nEnteredAcd] AS bigint) END), 0) <> COALESCE(SUM(CASE WHEN [cReportGroup] <> '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN CAST([nEnteredAcd] AS bigint) END), 0) OR COALESCE(SUM(CASE WHEN [cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN CAST([nAnsweredAcd] AS bigint) END), 0) <> COALESCE(SUM(CASE WHEN [cReportGroup] <> '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN CAST([nAnsweredAcd] AS bigint) END), 0)
 ORDER BY [dIntervalStart];
-- 1 string 2026-01-14T10:00:00
-- 2 string 2026-01-16T10:15:00
-- 3 string 2026-01-15T10:00:00
-- 4 string 2026-01-15T10:15:00
-- 5 string Sales
-- 6 string Störung

SELECT [cName], [SiteId], [dIntervalStart], [dIntervalStartUTC], SUM(CASE WHEN [cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN 1 ELSE 0 END), SUM(CASE WHEN [cReportGroup] <> '*' AND ([cHKey3] <> '*' OR [cHKey3] IS NULL) AND [cHKey4] = '*' THEN 1 ELSE 0 END), COALESCE(SUM(CASE WHEN [cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN CAST([nEnteredAcd] AS bigint) END), 0), COALESCE(SUM(CASE WHEN [cReportGroup] <> '*' AND ([cHKey3] <> '*' OR [cHKey3] IS NULL) AND [cHKey4] = '*' THEN CAST([nEnteredAcd] AS bigint) END), 0), COALESCE(SUM(CASE WHEN [cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN CAST([nAnsweredAcd] AS bigint) END), 0), COALESCE(SUM(CASE WHEN [cReportGroup] <> '*' AND ([cHKey3] <> '*' OR [cHKey3] IS NULL) AND [cHKey4] = '*' THEN CAST([nAnsweredAcd] AS bigint) END), 0)
  FROM [IWrkgrpQueueStats]
 WHERE [dIntervalStart] >= @p1 AND [dIntervalStart] < @p2 AND ([dIntervalStartUTC] IS NULL OR ([dIntervalStartUTC] >= @p3 AND [dIntervalStartUTC] < @p4)) AND (([cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*') OR ([cReportGroup] <> '*' AND ([cHKey3] <> '*' OR [cHKey3] IS NULL) AND [cHKey4] = '*')) AND LOWER([cName]) IN (LOWER(@p5), LOWER(@p6))
 GROUP BY [cName], [SiteId], [dIntervalStart], [dIntervalStartUTC]
HAVING COALESCE(SUM(CASE WHEN [cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN CAST([nEnteredAcd] AS bigint) END), 0) <> COALESCE(SUM(CASE WHEN [cReportGroup] <> '*' AND ([cHKey3] <> '*' OR [cHKey3] IS NULL) AND [cHKey4] = '*' THEN CAST([nEnteredAcd] AS bigint) END), 0) OR COALESCE(SUM(CASE WHEN [cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN CAST([nAnsweredAcd] AS bigint) END), 0) <> COALESCE(SUM(CASE WHEN [cReportGroup] <> '*' AND ([cHKey3] <> '*' OR [cHKey3] IS NULL) AND [cHKey4] = '*' THEN CAST([nAnsweredAcd] AS bigint) END), 0)
 ORDER BY [dIntervalStart];
-- 1 string 2026-01-14T10:00:00
-- 2 string 2026-01-16T10:15:00
-- 3 string 2026-01-15T10:00:00
-- 4 string 2026-01-15T10:15:00
-- 5 string Sales
-- 6 string Störung

SELECT [SiteId], [nDuration], [dIntervalStart], [dIntervalStartUTC], CASE WHEN [dIntervalStartUTC] IS NULL THEN [I3TimeStampGMT] END
  FROM [IWrkgrpQueueStats]
 WHERE [dIntervalStart] >= @p1 AND [dIntervalStart] < @p2 AND ([dIntervalStartUTC] IS NULL OR ([dIntervalStartUTC] >= @p3 AND [dIntervalStartUTC] < @p4))
 GROUP BY [SiteId], [nDuration], [dIntervalStart], [dIntervalStartUTC], CASE WHEN [dIntervalStartUTC] IS NULL THEN [I3TimeStampGMT] END
 ORDER BY [dIntervalStart];
-- 1 string 2026-01-14T10:00:00
-- 2 string 2026-01-16T10:15:00
-- 3 string 2026-01-15T10:00:00
-- 4 string 2026-01-15T10:15:00

SELECT [cName], [cHKey3], [SiteId], CASE WHEN [dIntervalStartUTC] IS NULL THEN [dIntervalStart] END, [dIntervalStartUTC], CASE WHEN [dIntervalStartUTC] IS NULL THEN [I3TimeStampGMT] END, [nDuration], [nEnteredAcd], [nAnsweredAcd]
  FROM [IWrkgrpQueueStats]
 WHERE [dIntervalStart] >= @p1 AND [dIntervalStart] < @p2 AND ([dIntervalStartUTC] IS NULL OR ([dIntervalStartUTC] >= @p3 AND [dIntervalStartUTC] < @p4)) AND (([cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*') OR ([cReportGroup] <> '*' AND ([cHKey3] <> '*' OR [cHKey3] IS NULL) AND [cHKey4] = '*' AND LOWER([cHKey3]) IN (LOWER(@p5), LOWER(@p6), LOWER(@p7)))) AND LOWER([cName]) IN (LOWER(@p8), LOWER(@p9))
 ORDER BY [dIntervalStart];
-- 1 string 2026-01-14T10:00:00
-- 2 string 2026-01-16T10:15:00
-- 3 string 2026-01-15T10:00:00
-- 4 string 2026-01-15T10:15:00
-- 5 string Call
-- 6 string Email
-- 7 string Email Interaction
-- 8 string Sales
-- 9 string Störung


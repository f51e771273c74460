SELECT *
  FROM [UserWorkgroups]
 WHERE 1 = 0;

SELECT *
  FROM [IAgentQueueStats]
 WHERE 1 = 0;

SELECT [UserId], [WorkGroup]
  FROM [UserWorkgroups]
 WHERE [UserId] IS NOT NULL AND [SiteId] = @p1 AND LOWER([WorkGroup]) IN (LOWER(@p2));
-- 1 int64 2
-- 2 string Sales

SELECT [cName], [cReportGroup], [dIntervalStart], [nDuration], [I3TimeStampGMT]
  FROM [IAgentQueueStats]
 WHERE [dIntervalStart] >= @p1 AND [dIntervalStart] < @p2 AND [SiteId] = @p3 AND [cReportGroup] <> '*' AND LOWER([cReportGroup]) IN (LOWER(@p4));
-- 1 string 2026-01-15T08:00:00
-- 2 string 2026-01-15T14:15:00
-- 3 int64 2
-- 4 string Sales

SELECT *
  FROM [AgentActivityLog]
 WHERE 1 = 0;

SELECT *
  FROM [IWrkgrpQueueStats]
 WHERE 1 = 0;

SELECT [cName], [SiteId], [dIntervalStart], SUM(CASE WHEN [cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN 1 ELSE 0 END), SUM(CASE WHEN [cReportGroup] <> '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN 1 ELSE 0 END), COALESCE(SUM(CASE WHEN [cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN CAST([nAnsweredAcd] AS bigint) END), 0), COALESCE(SUM(CASE WHEN [cReportGroup] <> '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN CAST([nAnsweredAcd] AS bigint) END), 0)
  FROM [IAgentQueueStats]
 WHERE [dIntervalStart] >= @p1 AND [dIntervalStart] < @p2 AND [SiteId] = @p3 AND (([cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*') OR ([cReportGroup] <> '*' AND [cHKey3] = '*' AND [cHKey4] = '*')) AND LOWER([cName]) IN (LOWER(@p4), LOWER(@p5))
 GROUP BY [cName], [SiteId], [dIntervalStart]
HAVING COALESCE(SUM(CASE WHEN [cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN CAST([nAnsweredAcd] AS bigint) END), 0) <> COALESCE(SUM(CASE WHEN [cReportGroup] <> '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN CAST([nAnsweredAcd] AS bigint) END), 0)
 ORDER BY [dIntervalStart];
-- 1 string 2026-01-15T08:00:00
-- 2 string 2026-01-15T14:15:00
-- 3 int64 2
-- 4 string anna
-- 5 string bert

SELECT [cName], [SiteId], [dIntervalStart], SUM(CASE WHEN [cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN 1 ELSE 0 END), SUM(CASE WHEN [cReportGroup] <> '*' AND ([cHKey3] <> '*' OR [cHKey3] IS NULL) AND ([cHKey4] <> '*' OR [cHKey4] IS NULL) THEN 1 ELSE 0 END), COALESCE(SUM(CASE WHEN [cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN CAST([nAnsweredAcd] AS bigint) END), 0), COALESCE(SUM(CASE WHEN [cReportGroup] <> '*' AND ([cHKey3] <> '*' OR [cHKey3] IS NULL) AND ([cHKey4] <> '*' OR [cHKey4] IS NULL) THEN CAST([nAnsweredAcd] AS bigint) END), 0)
  FROM [IAgentQueueStats]
 WHERE [dIntervalStart] >= @p1 AND [dIntervalStart] < @p2 AND [SiteId] = @p3 AND (([cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*') OR ([cReportGroup] <> '*' AND ([cHKey3] <> '*' OR [cHKey3] IS NULL) AND ([cHKey4] <> '*' OR [cHKey4] IS NULL))) AND LOWER([cName]) IN (LOWER(@p4), LOWER(@p5))
 GROUP BY [cName], [SiteId], [dIntervalStart]
HAVING COALESCE(SUM(CASE WHEN [cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*' THEN CAST([nAnsweredAcd] AS bigint) END), 0) <> COALESCE(SUM(CASE WHEN [cReportGroup] <> '*' AND ([cHKey3] <> '*' OR [cHKey3] IS NULL) AND ([cHKey4] <> '*' OR [cHKey4] IS NULL) THEN CAST([nAnsweredAcd] AS bigint) END), 0)
 ORDER BY [dIntervalStart];
-- 1 string 2026-01-15T08:00:00
-- 2 string 2026-01-15T14:15:00
-- 3 int64 2
-- 4 string anna
-- 5 string bert

SELECT [SiteId], [nDuration], [dIntervalStart], [I3TimeStampGMT]
  FROM [IWrkgrpQueueStats]
 WHERE [dIntervalStart] >= @p1 AND [dIntervalStart] < @p2 AND [SiteId] = @p3
 GROUP BY [SiteId], [nDuration], [dIntervalStart], [I3TimeStampGMT]
 ORDER BY [dIntervalStart];
-- 1 string 2026-01-15T08:00:00
-- 2 string 2026-01-15T14:15:00
-- 3 int64 2

SELECT [cName], [SiteId], [dIntervalStart], [I3TimeStampGMT], [nDuration], [nAnsweredAcd], [tAgentLoggedIn], [tAgentOnAcdCall], [tAgentOnOtherAcdCall], [tAgentInAcw], [tAgentOnNonAcdCall], [tAgentAvailable], [tAgentDnd], [tAgentNotAvailable]
  FROM [IAgentQueueStats]
 WHERE [dIntervalStart] >= @p1 AND [dIntervalStart] < @p2 AND [SiteId] = @p3 AND [cReportGroup] = '*' AND [cHKey3] = '*' AND [cHKey4] = '*' AND LOWER([cName]) IN (LOWER(@p4), LOWER(@p5))
 ORDER BY [dIntervalStart];
-- 1 string 2026-01-15T08:00:00
-- 2 string 2026-01-15T14:15:00
-- 3 int64 2
-- 4 string anna
-- 5 string bert

SELECT [cName], [cReportGroup], [cHKey4], [SiteId], [dIntervalStart], [I3TimeStampGMT], [nDuration], [nAnsweredAcd]
  FROM [IAgentQueueStats]
 WHERE [dIntervalStart] >= @p1 AND [dIntervalStart] < @p2 AND [SiteId] = @p3 AND [cReportGroup] <> '*' AND ([cHKey3] <> '*' OR [cHKey3] IS NULL) AND ([cHKey4] <> '*' OR [cHKey4] IS NULL) AND [cReportGroup] <> '-' AND LOWER([cHKey4]) IN (LOWER(@p4)) AND LOWER([cReportGroup]) IN (LOWER(@p5))
 ORDER BY [dIntervalStart];
-- 1 string 2026-01-15T08:00:00
-- 2 string 2026-01-15T14:15:00
-- 3 int64 2
-- 4 string Call
-- 5 string Sales

SELECT [UserId], [SiteId], [StatusDateTimeGMT], [StatusDateTime], [EndDateTimeGMT], [StateDuration], [StatusKey], [StatusGroup], [LoggedIn], [ChangedLoggedIn], [SeqNo]
  FROM [AgentActivityLog]
 WHERE ([StatusDateTimeGMT] < @p1 OR ([StatusDateTimeGMT] IS NULL AND [StatusDateTime] < @p2)) AND (([EndDateTimeGMT] >= @p3) OR (COALESCE([StatusDateTimeGMT], [StatusDateTime]) >= @p4) OR ([EndDateTimeGMT] IS NULL AND DATEADD(second, [StateDuration], COALESCE([StatusDateTimeGMT], [StatusDateTime])) >= @p5)) AND [SiteId] = @p6 AND LOWER([UserId]) IN (LOWER(@p7), LOWER(@p8))
 ORDER BY CASE WHEN COALESCE([StatusDateTimeGMT], DATEADD(second, -3600, [StatusDateTime])) < @p9 THEN @p10 ELSE COALESCE([StatusDateTimeGMT], DATEADD(second, -3600, [StatusDateTime])) END, [UserId], [SeqNo];
-- 1 string 2026-01-15T10:15:00
-- 2 string 2026-01-15T14:15:00
-- 3 string 2026-01-15T10:00:00
-- 4 string 2026-01-15T08:00:00
-- 5 string 2026-01-15T08:00:00
-- 6 int64 2
-- 7 string anna
-- 8 string bert
-- 9 string 2026-01-15T10:00:00
-- 10 string 2026-01-15T10:00:00


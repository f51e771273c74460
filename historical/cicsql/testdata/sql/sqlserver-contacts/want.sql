SELECT *
  FROM [I3_IC].[dbo].[InteractionSummary] WITH (NOLOCK)
 WHERE 1 = 0;

SELECT *
  FROM [I3_IC].[dbo].[IWrkgrpQueueStats] WITH (NOLOCK)
 WHERE 1 = 0;

SELECT [SiteId], [nDuration], [dIntervalStart], [dIntervalStartUTC]
  FROM [I3_IC].[dbo].[IWrkgrpQueueStats] WITH (NOLOCK)
 WHERE [dIntervalStart] >= @p1 AND [dIntervalStart] < @p2 AND ([dIntervalStartUTC] IS NULL OR ([dIntervalStartUTC] >= @p3 AND [dIntervalStartUTC] < @p4)) AND [SiteId] = @p5
 GROUP BY [SiteId], [nDuration], [dIntervalStart], [dIntervalStartUTC]
 ORDER BY [dIntervalStart];
-- 1 string 2026-01-14T10:00:00
-- 2 string 2026-01-16T10:15:00
-- 3 string 2026-01-15T10:00:00
-- 4 string 2026-01-15T10:15:00
-- 5 int64 2

SELECT [InteractionIDKey], [SiteID], [SeqNo], [StartDateTimeUTC], [TerminatedDateTimeUTC], [ConnectedDateTimeUTC], [Direction], [MediaType], [LastLocalUserId], [LastAssignedWorkgroupID], [tIVRWait], [tQueueWait], [tAlert], [tConnected], [tHeld], [tConference], [tExternal], [tACW]
  FROM [I3_IC].[dbo].[InteractionSummary] WITH (NOLOCK)
 WHERE [StartDateTimeUTC] >= @p1 AND [StartDateTimeUTC] < @p2 AND [Direction] IN (@p3, @p4) AND [SiteID] = @p5 AND [LastAssignedWorkgroupID] <> '-' AND LOWER([LastAssignedWorkgroupID]) IN (LOWER(@p6), LOWER(@p7))
 ORDER BY [StartDateTimeUTC];
-- 1 string 2026-01-15T10:00:00
-- 2 string 2026-01-15T10:15:00
-- 3 int64 1
-- 4 int64 5
-- 5 int64 2
-- 6 string Sales
-- 7 string O'Brien; "x"

SELECT [InteractionIDKey], [SiteID], [SeqNo], [StartDateTimeUTC], [TerminatedDateTimeUTC], [ConnectedDateTimeUTC], [Direction], [MediaType], [LastLocalUserId], [LastAssignedWorkgroupID], [tIVRWait], [tQueueWait], [tAlert], [tConnected], [tHeld], [tConference], [tExternal], [tACW]
  FROM [I3_IC].[dbo].[InteractionSummary] WITH (NOLOCK)
 WHERE [TerminatedDateTimeUTC] >= @p1 AND [TerminatedDateTimeUTC] < @p2 AND [Direction] IN (@p3, @p4) AND [SiteID] = @p5 AND [LastAssignedWorkgroupID] <> '-' AND LOWER([LastAssignedWorkgroupID]) IN (LOWER(@p6), LOWER(@p7))
 ORDER BY [TerminatedDateTimeUTC];
-- 1 string 2026-01-15T10:00:00
-- 2 string 2026-01-15T10:15:00
-- 3 int64 1
-- 4 int64 5
-- 5 int64 2
-- 6 string Sales
-- 7 string O'Brien; "x"


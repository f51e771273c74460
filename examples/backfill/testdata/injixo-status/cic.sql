-- Agent states beside the contacts, for a database without UserWorkgroups: the agents of Sales are those
-- who have rows in it. A state that began before an interval is written again at its start; LoggedIn 0 is
-- "Logged off" whatever the status. Berlin is one hour ahead of UTC in January.
--
--   "müller; a": Available since 08:50 UTC, At lunch from 09:10, Available 09:40 to 10:20.
--   o'neil: logs off at 09:20 UTC (a row of no length, and then the time logged off).
--   zoe has no rows in Sales.
CREATE TABLE IWrkgrpQueueStats (cName TEXT, cReportGroup TEXT, cHKey3 TEXT, cHKey4 TEXT, dIntervalStart DATETIME, dIntervalStartUTC DATETIME,
  nDuration INT, SiteId INT, nEnteredAcd INT, nAnsweredAcd INT, tTalkAcd INT, tAcw INT);
INSERT INTO IWrkgrpQueueStats VALUES
  ('Sales', '*', '*', '*', '2025-01-15 10:00:00', '2025-01-15 09:00:00', 1800, 1, 1, 1, 60, 0),
  ('Sales', '*', '*', '*', '2025-01-15 10:30:00', '2025-01-15 09:30:00', 1800, 1, 0, 0,  0, 0);
CREATE TABLE IAgentQueueStats (cName TEXT, cReportGroup TEXT, cHKey3 TEXT, cHKey4 TEXT, dIntervalStart DATETIME, dIntervalStartUTC DATETIME,
  nDuration INT, SiteId INT);
INSERT INTO IAgentQueueStats VALUES
  ('müller; a', '*',     '*', '*', '2025-01-15 10:00:00', '2025-01-15 09:00:00', 1800, 1),
  ('müller; a', 'Sales', '*', '*', '2025-01-15 10:00:00', '2025-01-15 09:00:00', 1800, 1),
  ('o''neil',   '*',     '*', '*', '2025-01-15 10:00:00', '2025-01-15 09:00:00', 1800, 1),
  ('o''neil',   'SALES', '*', '*', '2025-01-15 10:00:00', '2025-01-15 09:00:00', 1800, 1),
  ('zoe',       '*',     '*', '*', '2025-01-15 10:00:00', '2025-01-15 09:00:00', 1800, 1),
  ('zoe',       'Other', '*', '*', '2025-01-15 10:00:00', '2025-01-15 09:00:00', 1800, 1);
CREATE TABLE AgentActivityLog (UserId TEXT, StatusDateTime DATETIME, StatusDateTimeGMT DATETIME, ChangedLoggedIn INT, StatusKey TEXT, StatusGroup TEXT,
  LoggedIn INT, EndDateTimeGMT DATETIME, StateDuration INT, SeqNo INT, SiteId INT, SubSiteId INT);
INSERT INTO AgentActivityLog VALUES
  ('müller; a', '2025-01-15 09:50:00', '2025-01-15 08:50:00', 0, 'Available', 'Available',   1, '2025-01-15 09:10:00', 1200, 0, 1, 0),
  ('müller; a', '2025-01-15 10:10:00', '2025-01-15 09:10:00', 0, 'At lunch',  'Break',       1, '2025-01-15 09:40:00', 1800, 0, 1, 0),
  ('müller; a', '2025-01-15 10:40:00', '2025-01-15 09:40:00', 0, 'Available', 'Available',   1, '2025-01-15 10:20:00', 2400, 0, 1, 0),
  ('o''neil',   '2025-01-15 09:00:00', '2025-01-15 08:00:00', 1, 'Available', 'Available',   1, '2025-01-15 09:20:00', 4800, 0, 1, 0),
  ('o''neil',   '2025-01-15 10:20:00', '2025-01-15 09:20:00', 1, 'Gone home', 'Unavailable', 0, '2025-01-15 09:20:00',    0, 0, 1, 0),
  ('o''neil',   '2025-01-15 10:20:00', '2025-01-15 09:20:00', 0, 'Gone home', 'Unavailable', 0, '2025-01-16 07:00:00', 78000, 1, 1, 0),
  ('zoe',       '2025-01-15 09:00:00', '2025-01-15 08:00:00', 1, 'Available', 'Available',   1, '2025-01-15 11:00:00', 10800, 0, 1, 0);

-- A database from before 4.0: no service-level buckets, no tAnsweredAcd, no nAbandonedAcd, no columns of
-- directions, no tAgentDnd. What is missing is -1 in the queue file, never 0, and 0 in the scorecard,
-- as the layouts say. One line for the 23 hours of 30 March 2025, from rows of an hour.
--
--   sales, as the feed spells it: 1 (00:00) + 2 (03:00) + 4 (23:00) = 7 entered, 7 answered; AHT (70+140+280)/7 = 70.
--   carl: an hour logged in, all of it available.
CREATE TABLE IWrkgrpQueueStats (
  cName TEXT, cReportGroup TEXT DEFAULT '*', cHKey3 TEXT, cHKey4 TEXT DEFAULT '*', dIntervalStart TEXT, nDuration INT DEFAULT 3600, SiteId INT DEFAULT 1,
  nEnteredAcd INT, nAnsweredAcd INT, tTalkAcd INT, tAcw INT DEFAULT 0);
INSERT INTO IWrkgrpQueueStats (cName, cHKey3, dIntervalStart, nEnteredAcd, nAnsweredAcd, tTalkAcd) VALUES
  ('Sales', '*',    '2025-03-29 23:00:00', 5000, 5000, 0),
  ('Sales', '*',    '2025-03-30 00:00:00', 1, 1,  70), ('Sales', 'Call', '2025-03-30 00:00:00', 1, 1,  70),
  ('Sales', '*',    '2025-03-30 03:00:00', 2, 2, 140), ('Sales', 'Call', '2025-03-30 03:00:00', 2, 2, 140),
  ('Sales', '*',    '2025-03-30 23:00:00', 4, 4, 280), ('Sales', 'Call', '2025-03-30 23:00:00', 4, 4, 280),
  ('Sales', '*',    '2025-03-31 00:00:00', 5000, 5000, 0);
CREATE TABLE IAgentQueueStats (
  cName TEXT, cReportGroup TEXT DEFAULT '*', cHKey3 TEXT DEFAULT '*', cHKey4 TEXT DEFAULT '*', dIntervalStart TEXT, nDuration INT DEFAULT 3600, SiteId INT DEFAULT 1,
  tAgentLoggedIn INT, tAgentAvailable INT);
INSERT INTO IAgentQueueStats (cName, cReportGroup, dIntervalStart, tAgentLoggedIn, tAgentAvailable) VALUES
  ('carl', '*', '2025-03-30 11:00:00', 3600, 3600), ('carl', 'Sales', '2025-03-30 11:00:00', 3600, 3600);

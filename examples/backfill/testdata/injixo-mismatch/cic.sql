-- The '*' row of Sales says 9 entered, its rows by medium add up to 8: the '*' row is what is delivered, and
-- standard error tells the difference with both figures.
CREATE TABLE IWrkgrpQueueStats (cName TEXT, cReportGroup TEXT, cHKey3 TEXT, cHKey4 TEXT, dIntervalStart TEXT, nDuration INT, SiteId INT,
  nEnteredAcd INT, nAnsweredAcd INT, tTalkAcd INT, tAcw INT);
INSERT INTO IWrkgrpQueueStats VALUES
  ('Sales', '*', '*',    '*', '2025-01-15 10:00:00', 1800, 1, 9, 2, 60, 1),
  ('Sales', '*', 'Call', '*', '2025-01-15 10:00:00', 1800, 1, 5, 2, 60, 1),
  ('Sales', '*', 'Chat', '*', '2025-01-15 10:00:00', 1800, 1, 3, 0,  0, 0);

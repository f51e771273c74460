-- Three half hours, of which CIC wrote no row at all for the second: its figures are unknown, so there is no
-- file, and standard error says so. In the third only Other has a row: Sales was quiet, which is zero.
CREATE TABLE IWrkgrpQueueStats (cName TEXT, cReportGroup TEXT, cHKey3 TEXT, cHKey4 TEXT, dIntervalStart TEXT, nDuration INT, SiteId INT,
  nEnteredAcd INT, nAnsweredAcd INT, tTalkAcd INT, tAcw INT);
INSERT INTO IWrkgrpQueueStats VALUES
  ('Sales', '*', '*', '*', '2025-01-15 10:00:00', 1800, 1, 2, 2, 60, 1), -- 61/2 = 30.5, half up 31
  ('Other', '*', '*', '*', '2025-01-15 11:00:00', 1800, 1, 5, 5, 60, 1);

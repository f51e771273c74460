-- The night of 26 October 2025 in Berlin: the clock shows 02:00 to 03:00 twice. There is no
-- dIntervalStartUTC, so the two rows of a time differ in the sending time alone, which is shortly after
-- the end of the row. The row of the second 02:00 even stands before that of the first.
--
-- nEnteredAcd doubles from row to row in the order of true time: 1 at 01:30; 2 and 8 at 02:00; 4 and 16
-- at 02:30; 32 at 03:00. With two files for a repeated time none is summed, and the second has a name of its
-- own. All are answered, tTalkAcd is 100 per contact: AHT is 100, save with tAcw 201/2 = 100.5, half up 101,
-- and 410/4 = 102.5, half up 103.
CREATE TABLE IWrkgrpQueueStats (
  cName TEXT, cReportGroup TEXT DEFAULT '*', cHKey3 TEXT, cHKey4 TEXT DEFAULT '*', dIntervalStart DATETIME, nDuration INT DEFAULT 1800,
  I3TimeStampGMT DATETIME, SiteId INT DEFAULT 1, nEnteredAcd INT, nAnsweredAcd INT, tTalkAcd INT, tAcw INT);
INSERT INTO IWrkgrpQueueStats (cName, cHKey3, dIntervalStart, I3TimeStampGMT, nEnteredAcd, nAnsweredAcd, tTalkAcd, tAcw) VALUES
  ('Sales', '*', '2025-10-26 01:00:00', '2025-10-25 23:30:03', 9999, 9999, 0, 0), -- before the window
  ('Sales', '*', '2025-10-26 01:30:00', '2025-10-26 00:00:03',  1,  1,  100,  0),
  ('Sales', '*', '2025-10-26 02:00:00', '2025-10-26 01:30:04',  8,  8,  800,  0),
  ('Sales', '*', '2025-10-26 02:00:00', '2025-10-26 00:30:05',  2,  2,  200,  1),
  ('Sales', '*', '2025-10-26 02:30:00', '2025-10-26 01:00:02',  4,  4,  400, 10),
  ('Sales', '*', '2025-10-26 02:30:00', '2025-10-26 02:00:03', 16, 16, 1600,  0),
  ('Sales', '*', '2025-10-26 03:00:00', '2025-10-26 02:30:02', 32, 32, 3200,  0),
  ('Sales', '*', '2025-10-26 03:30:00', '2025-10-26 03:00:02', 9999, 9999, 0, 0); -- after the window

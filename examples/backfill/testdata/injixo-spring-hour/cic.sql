-- The night of 30 March 2025 in Berlin: after 01:59:59 comes 03:00:00. Half hours are folded into hours;
-- there is no UTC column and no sending time. The only level is the finest one, by medium in cHKey4,
-- so the total of a workgroup is the sum over its rows.
--
--   01:00 is 1+2 (calls) + 4 (a chat row) = 7; talk 70+140+280 = 490, AHT 490/7 = 70.
--   03:00 is 8+16 = 24, of which 20 answered; talk 1000 + acw 30: 1030/20 = 51.5, half up 52.
-- The hour of 02:00 does not exist: no file. -workgroups * takes what has rows in an interval, so Quiet is at 03:00 only.
CREATE TABLE IWrkgrpQueueStats (
  cName TEXT, cReportGroup TEXT DEFAULT '4711', cHKey3 TEXT DEFAULT 'English', cHKey4 TEXT, dIntervalStart TEXT, nDuration INT DEFAULT 1800,
  SiteId INT DEFAULT 3, SubSiteId INT DEFAULT 0, nEnteredAcd INT, nAnsweredAcd INT, tTalkAcd INT, tAcw INT);
INSERT INTO IWrkgrpQueueStats (cName, cHKey4, dIntervalStart, nEnteredAcd, nAnsweredAcd, tTalkAcd, tAcw) VALUES
  ('Sales', 'Call', '2025-03-30 00:30:00', 9999, 1, 0, 0),
  ('Sales', 'Call', '2025-03-30 01:00:00',  1,  1,   70,  0),
  ('Sales', 'Call', '2025-03-30 01:30:00',  2,  2,  140,  0),
  ('Sales', 'CHAT', '2025-03-30 01:30:00',  4,  4,  280,  0),
  ('Sales', 'Call', '2025-03-30 03:00:00',  8,  8,  400, 20),
  ('Quiet', 'Call', '2025-03-30 03:00:00',  0,  0,    0,  0),
  ('Sales', 'Call', '2025-03-30 03:30:00', 16, 12,  600, 10),
  ('Sales', 'Call', '2025-03-30 04:00:00', 9999, 1, 0, 0);

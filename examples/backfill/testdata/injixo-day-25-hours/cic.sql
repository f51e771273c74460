-- One line for the 25 hours of 26 October 2025 in Berlin, 2025-10-25 22:00 UTC to 2025-10-26 23:00 UTC.
-- dIntervalStartUTC is filled in some rows and NULL in others, with fractions of a second or without; CIC
-- stopped at 10:07:13 and started again at 10:09:00, which makes odd rows.
--
-- In the day: 1 (its first half hour) + 2 and 4 (02:30, both times) + 8 and 16 (the odd rows) + 32 (its
-- last half hour) = 63 entered; answered 60; talk 6000; acw 90; AHT 6090/60 = 101.5, half up 102.
CREATE TABLE IWrkgrpQueueStats (
  cName TEXT, cReportGroup TEXT DEFAULT '*', cHKey3 TEXT DEFAULT '*', cHKey4 TEXT DEFAULT '*', dIntervalStart DATETIME, dIntervalStartUTC DATETIME,
  nDuration INT DEFAULT 1800, I3TimeStampGMT DATETIME, SiteId INT DEFAULT 1, nEnteredAcd INT, nAnsweredAcd INT DEFAULT 0, tTalkAcd INT DEFAULT 0, tAcw INT DEFAULT 0);
INSERT INTO IWrkgrpQueueStats (cName, dIntervalStart, dIntervalStartUTC, I3TimeStampGMT, nDuration, nEnteredAcd, nAnsweredAcd, tTalkAcd, tAcw) VALUES
  ('Sales', '2025-10-25 23:30:00.000', '2025-10-25 21:30:00.000', '2025-10-25 22:00:02.120', 1800, 9999, 0, 0, 0), -- the day before
  ('Sales', '2025-10-26 00:00:00.000', '2025-10-25 22:00:00.000', '2025-10-25 22:30:02.120', 1800,  1,  1,  100,  0),
  ('Sales', '2025-10-26 02:30:00.000', NULL,                      '2025-10-26 01:00:01.007', 1800,  2,  2,  200,  0),
  ('Sales', '2025-10-26 02:30:00',     '2025-10-26 01:30:00',     '2025-10-26 02:00:01',     1800,  4,  4,  400,  0),
  ('Sales', '2025-10-26 10:00:00',     NULL,                      '2025-10-26 09:07:14',      433,  8,  8,  800, 40),
  ('Sales', '2025-10-26 10:09:00',     NULL,                      '2025-10-26 09:30:01',     1260, 16, 15, 1500, 50),
  ('Sales', '2025-10-26 23:30:00',     '2025-10-26 22:30:00',     '2025-10-26 23:00:01',     1800, 32, 30, 3000,  0),
  ('Sales', '2025-10-27 00:00:00',     NULL,                      '2025-10-26 23:30:01',     1800, 9999, 0, 0, 0); -- the day after

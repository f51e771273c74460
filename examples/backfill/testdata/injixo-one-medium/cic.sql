-- The default hierarchy: cReportGroup is the DNIS, the medium stands in cHKey3, here in three spellings.
-- A feed for e-mails adds the (DNIS, medium, *) rows over the DNIS and leaves out calls and skills.
--
--   Post 08:15: 3 + 5 = 8 entered, 2 + 4 = 6 answered; talk 600 + 1000, acw 10 + 11: 1621/6 = 270.17, so 270.
--   Post 08:30: 7 entered, none answered: no AHT.   Calls only: zero in both.
CREATE TABLE IWrkgrpQueueStats (
  cName TEXT, cReportGroup TEXT, cHKey3 TEXT, cHKey4 TEXT, dIntervalStart DATETIME, dIntervalStartUTC DATETIME, nDuration INT DEFAULT 900,
  I3TimeStampGMT DATETIME, SiteId INT DEFAULT 1, nEnteredAcd INT, nAnsweredAcd INT, tTalkAcd INT, tAcw INT);
INSERT INTO IWrkgrpQueueStats (cName, cReportGroup, cHKey3, cHKey4, dIntervalStart, dIntervalStartUTC, nEnteredAcd, nAnsweredAcd, tTalkAcd, tAcw) VALUES
  ('Post', '*',    '*',                 '*',  '2025-07-01 08:15:00', '2025-07-01 06:15:00', 9, 7, 1700, 21),
  ('Post', '100',  '*',                 '*',  '2025-07-01 08:15:00', '2025-07-01 06:15:00', 4, 3,  700, 10),
  ('Post', '100',  'EMAIL INTERACTION', '*',  '2025-07-01 08:15:00', '2025-07-01 06:15:00', 3, 2,  600, 10),
  ('Post', '100',  'EMAIL INTERACTION', 'en', '2025-07-01 08:15:00', '2025-07-01 06:15:00', 3, 2,  600, 10),
  ('Post', '100',  'Call',              '*',  '2025-07-01 08:15:00', '2025-07-01 06:15:00', 1, 1,  100,  0),
  ('Post', '100',  'Call',              'en', '2025-07-01 08:15:00', '2025-07-01 06:15:00', 1, 1,  100,  0),
  ('Post', '200',  '*',                 '*',  '2025-07-01 08:15:00', '2025-07-01 06:15:00', 5, 4, 1000, 11),
  ('Post', '200',  'Email interaction', '*',  '2025-07-01 08:15:00', '2025-07-01 06:15:00', 5, 4, 1000, 11),
  ('Post', '200',  'Email interaction', '-',  '2025-07-01 08:15:00', '2025-07-01 06:15:00', 5, 4, 1000, 11),
  ('Post', '*',    '*',                 '*',  '2025-07-01 08:30:00', '2025-07-01 06:30:00', 7, 0,    0,  0),
  ('Post', '200',  '*',                 '*',  '2025-07-01 08:30:00', '2025-07-01 06:30:00', 7, 0,    0,  0),
  ('Post', '200',  'Email',             '*',  '2025-07-01 08:30:00', '2025-07-01 06:30:00', 7, 0,    0,  0),
  ('Post', '200',  'Email',             'en', '2025-07-01 08:30:00', '2025-07-01 06:30:00', 7, 0,    0,  0),
  ('Calls', '*',   '*',                 '*',  '2025-07-01 08:15:00', '2025-07-01 06:15:00', 50, 50,  5000,  0),
  ('Calls', '300', '*',                 '*',  '2025-07-01 08:15:00', '2025-07-01 06:15:00', 50, 50,  5000,  0),
  ('Calls', '300', 'call',              '*',  '2025-07-01 08:15:00', '2025-07-01 06:15:00', 50, 50,  5000,  0),
  ('Calls', '300', 'call',              'en', '2025-07-01 08:15:00', '2025-07-01 06:15:00', 50, 50,  5000,  0);

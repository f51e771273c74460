-- Names with quotes, umlauts, commas and semicolons, in a list file with a byte order mark, blank lines,
-- Windows line ends and other letter case than CIC's; the list's spelling is what is written. A name that only occurs later is
-- quiet and zero. The figures are those of the rows; the table is without keys and indexes, rows
-- stand in any order, and the view has more columns than are needed.
CREATE TABLE raw (n TEXT, t TEXT, e INT, a INT, talk INT, acw INT);
INSERT INTO raw VALUES
  ('Später',         '2025-11-03 09:30', 5, 5, 50, 0),
  ('Größe; "XL"',    '2025-11-03 09:15', 2, 2, 100, 1),  -- 101/2 = 50.5, half up 51
  ('O''Brien''s',    '2025-11-03 09:15', 3, 3, 30, 3),   -- 33/3 = 11
  ('Sales, North',   '2025-11-03 09:15', 4, 4, 40, 0),   -- 10
  ('ÄRZTE',          '2025-11-03 09:15', 6, 5, 61, 0),   -- 61/5 = 12.2, so 12
  ('Nobody asked',   '2025-11-03 09:15', 9, 9, 90, 9);
CREATE VIEW IWrkgrpQueueStats AS SELECT 0 AS StatisticsSet, n AS cName, '*' AS cReportGroup, '*' AS cHKey3, '*' AS cHKey4, 'Q' AS cType,
  t AS dIntervalStart, NULL AS dIntervalStartUTC, 900 AS nDuration, NULL AS I3TimeStampGMT, -1 AS SiteId, 0 AS SubSiteId, NULL AS CustomValue1,
  e AS nEnteredAcd, a AS nAnsweredAcd, talk AS tTalkAcd, acw AS tAcw FROM raw;

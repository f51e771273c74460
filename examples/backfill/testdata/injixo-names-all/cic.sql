-- Names with quotes, umlauts, commas and semicolons, and every workgroup that has rows in an
-- interval: Später has none at 09:15, Nobody asked is in. The figures are those of the rows.
CREATE TABLE raw (n TEXT, t TEXT, e INT, a INT, talk INT, acw INT);
INSERT INTO raw VALUES
  ('Später',         '2025-11-03 09:30', 5, 5, 50, 0),
  ('Größe; "XL"',    '2025-11-03 09:15', 2, 2, 100, 1),  -- 101/2 = 50.5, half up 51
  ('O''Brien''s',    '2025-11-03 09:15', 3, 3, 30, 3),   -- 33/3 = 11
  ('Sales, North',   '2025-11-03 09:15', 4, 4, 40, 0),   -- 10
  ('ÄRZTE',          '2025-11-03 09:15', 6, 5, 61, 0),   -- 61/5 = 12.2, so 12
  ('Nobody asked',   '2025-11-03 09:15', 9, 9, 90, 9);   -- 99/9 = 11
CREATE VIEW IWrkgrpQueueStats AS SELECT 0 AS StatisticsSet, n AS cName, '*' AS cReportGroup, '*' AS cHKey3, '*' AS cHKey4, 'Q' AS cType,
  t AS dIntervalStart, NULL AS dIntervalStartUTC, 900 AS nDuration, NULL AS I3TimeStampGMT, -1 AS SiteId, 0 AS SubSiteId, NULL AS CustomValue1,
  e AS nEnteredAcd, a AS nAnsweredAcd, talk AS tTalkAcd, acw AS tAcw FROM raw;

-- The repeated hour of 26 October 2025 in Berlin, from two sites that add up, with dIntervalStartUTC. The
-- window names the first 02:00 to 03:00 alone, by offset; the files cannot tell the two apart, so it is
-- widened to both and one file holds their sum. Mixed-case media in cHKey3; no agent had a row.
--
--   Calls: 1 + 2 (site 1, first hour) + 4 (site 2, first hour, one row of an hour) + 8 + 16 (site 1, second
--     hour) + 32 (site 2, second hour) = 63; answered 62, 1 abandoned; buckets 1..3: 20+15+7 = 42: 42/63 = 66.7, so
--     67 %; ASA 31/62 = 0.5, half up 1; AHT (6200+93)/62 = 101.5, half up 102.
CREATE TABLE IWrkgrpQueueStats (
  cName TEXT DEFAULT 'Sales', cReportGroup TEXT DEFAULT '*', cHKey3 TEXT DEFAULT 'cALL', cHKey4 TEXT DEFAULT '*', dIntervalStart DATETIME,
  dIntervalStartUTC DATETIME, nDuration INT, I3TimeStampGMT DATETIME, SiteId INT, SubSiteId INT DEFAULT 0, nEnteredAcd INT, nAnsweredAcd INT,
  nAbandonedAcd INT DEFAULT 0, nAnsweredAcdSvcLvl1 INT DEFAULT 0, nAnsweredAcdSvcLvl2 INT DEFAULT 0, nAnsweredAcdSvcLvl3 INT DEFAULT 0,
  tAnsweredAcd INT DEFAULT 0, tTalkAcd INT, tAcw INT DEFAULT 0);
INSERT INTO IWrkgrpQueueStats (dIntervalStart, dIntervalStartUTC, nDuration, SiteId, nEnteredAcd, nAnsweredAcd, nAbandonedAcd, nAnsweredAcdSvcLvl1,
  nAnsweredAcdSvcLvl2, nAnsweredAcdSvcLvl3, tAnsweredAcd, tTalkAcd, tAcw) VALUES
  ('2025-10-26T01:30:00.000', '2025-10-25T23:30:00.000', 1800, 1, 500, 0, 0,  0,  0, 0,  0,    0,  0), -- before
  ('2025-10-26T02:00:00.000', '2025-10-26T00:00:00.000', 1800, 1,   1,  1, 0,  1,  0, 0,  0,  100,  0),
  ('2025-10-26T02:00:00.000', '2025-10-26T00:00:00.000', 3600, 2,   4,  4, 0,  4,  0, 0,  0,  400,  0),
  ('2025-10-26T02:30:00.000', '2025-10-26T00:30:00.000', 1800, 1,   2,  2, 0,  2,  0, 0,  0,  200,  0),
  ('2025-10-26T02:00:00.000', '2025-10-26T01:00:00.000', 1800, 1,   8,  8, 0,  8,  0, 0,  0,  800,  0),
  ('2025-10-26T02:00:00.000', '2025-10-26T01:00:00.000', 3600, 2,  32, 31, 1,  0, 15, 7, 31, 3100, 93),
  ('2025-10-26T02:30:00.000', '2025-10-26T01:30:00.000', 1800, 1,  16, 16, 0,  5,  0, 0,  0, 1600,  0),
  ('2025-10-26T03:00:00.000', '2025-10-26T02:00:00.000', 1800, 1, 500, 0, 0,  0,  0, 0,  0,    0,  0); -- after
INSERT INTO IWrkgrpQueueStats (cHKey3, dIntervalStart, dIntervalStartUTC, nDuration, SiteId, nEnteredAcd, nAnsweredAcd, nAbandonedAcd,
  nAnsweredAcdSvcLvl1, nAnsweredAcdSvcLvl2, nAnsweredAcdSvcLvl3, tAnsweredAcd, tTalkAcd, tAcw)
  SELECT '*', dIntervalStart, dIntervalStartUTC, nDuration, SiteId, nEnteredAcd, nAnsweredAcd, nAbandonedAcd, nAnsweredAcdSvcLvl1,
    nAnsweredAcdSvcLvl2, nAnsweredAcdSvcLvl3, tAnsweredAcd, tTalkAcd, tAcw FROM IWrkgrpQueueStats;

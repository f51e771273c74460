-- A CIC server in New York, files in the time of Berlin. On 20 March 2025 America has changed its clocks and
-- Europe has not, so New York 09:00 is 13:00 UTC and Berlin 14:00. Two sites write into the database; site 1
-- (all 5000) stands in Berlin, and -site 2 leaves it out. Some roll-up levels only: no (*,*,*) row of a
-- workgroup, just DNIS by medium by skill, so the calls of a workgroup are a sum over rows.
--
--   Sales 14:00: 4 + 2 + 1 = 7 entered, 3 + 2 + 1 = 6 answered, 1 abandoned; buckets 3+2+1 = 6: 6/7 = 85.7, so
--     86 %; ASA (18+12+6)/6 = 6; AHT (300+150+60 + 10+10+10)/6 = 540/6 = 90. The chat row stays out.
--   Support 14:15: 1, answered in bucket 4, so 0 %; ASA 30; AHT 200.
--   "b ob" 14:00: staff 900; talk 340-40 = 300; ACW 50; hold 40; AUX 70+20+10 = 100; idle 410; 6 calls;
--     parts: 340+0+50+10+410+20+70 = 900. 14:15: available throughout. The blank becomes an underscore.
CREATE TABLE IWrkgrpQueueStats (
  cName TEXT, cReportGroup TEXT, cHKey3 TEXT, cHKey4 TEXT, dIntervalStart DATETIME, nDuration INT DEFAULT 900, I3TimeStampGMT DATETIME, SiteId INT DEFAULT 2,
  SubSiteId INT DEFAULT 0, nEnteredAcd INT, nAnsweredAcd INT, nAbandonedAcd INT DEFAULT 0, nAnsweredAcdSvcLvl1 INT DEFAULT 0,
  nAnsweredAcdSvcLvl2 INT DEFAULT 0, nAnsweredAcdSvcLvl3 INT DEFAULT 0, nAnsweredAcdSvcLvl4 INT DEFAULT 0, tAnsweredAcd INT, tTalkAcd INT, tAcw INT);
INSERT INTO IWrkgrpQueueStats (cName, cReportGroup, cHKey3, cHKey4, dIntervalStart, SiteId, nEnteredAcd, nAnsweredAcd, nAbandonedAcd,
  nAnsweredAcdSvcLvl1, nAnsweredAcdSvcLvl2, nAnsweredAcdSvcLvl3, nAnsweredAcdSvcLvl4, tAnsweredAcd, tTalkAcd, tAcw) VALUES
  ('Sales',   '100', 'Call', 'en', '2025-03-20 09:00:00', 2, 4, 3, 1, 3, 0, 0, 0, 18, 300,  10),
  ('Sales',   '100', 'Call', 'de', '2025-03-20 09:00:00', 2, 2, 2, 0, 0, 2, 0, 0, 12, 150,  10),
  ('Sales',   '200', 'Call', 'de', '2025-03-20 09:00:00', 2, 1, 1, 0, 0, 0, 1, 0,  6,  60,  10),
  ('Sales',   '200', 'Chat', 'de', '2025-03-20 09:00:00', 2, 3, 3, 0, 3, 0, 0, 0,  6,  60,  10),
  ('Support', '100', 'Call', 'en', '2025-03-20 09:15:00', 2, 1, 1, 0, 0, 0, 0, 1, 30, 180,  20),
  ('Sales',   '100', 'Call', 'en', '2025-03-20 14:00:00', 1, 5000, 5000, 0, 0, 0, 0, 0, 0, 0, 0),
  ('Sales',   '100', 'Call', 'en', '2025-03-20 09:00:00', 1, 5000, 5000, 0, 0, 0, 0, 0, 0, 0, 0),
  ('Sales',   '100', 'Call', 'en', '2025-03-20 08:00:00', 2, 5000, 5000, 0, 0, 0, 0, 0, 0, 0, 0), -- where six hours would look
  ('Sales',   '100', 'Call', 'en', '2025-03-20 09:30:00', 2, 5000, 5000, 0, 0, 0, 0, 0, 0, 0, 0); -- after the window
CREATE TABLE IAgentQueueStats (
  cName TEXT, cReportGroup TEXT, cHKey3 TEXT DEFAULT '*', cHKey4 TEXT DEFAULT '*', dIntervalStart DATETIME, nDuration INT DEFAULT 900, SiteId INT DEFAULT 2,
  tAgentLoggedIn INT, tAgentOnAcdCall INT, tAgentOnOtherAcdCall INT DEFAULT 0, tAgentInAcw INT, tAgentOnNonAcdCall INT, tAgentAvailable INT,
  tAgentDnd INT, tAgentNotAvailable INT, tTalkAcd INT, tHoldAcd INT, tAcw INT, tExternToInternCalls INT DEFAULT 0, tExternToInternAcdCalls INT DEFAULT 0,
  tInternToExternCalls INT DEFAULT 0, tInternToExternAcdCalls INT DEFAULT 0, nAnsweredAcd INT);
INSERT INTO IAgentQueueStats (cName, cReportGroup, dIntervalStart, tAgentLoggedIn, tAgentOnAcdCall, tAgentInAcw, tAgentOnNonAcdCall, tAgentAvailable,
  tAgentDnd, tAgentNotAvailable, tTalkAcd, tHoldAcd, tAcw, nAnsweredAcd) VALUES
  ('b ob', '*',     '2025-03-20 09:00:00', 900, 340, 50, 10, 410, 20, 70, 340, 40, 50, 6),
  ('b ob', 'Sales', '2025-03-20 09:00:00', 900, 340, 50, 10, 410, 20, 70, 340, 40, 50, 6),
  ('b ob', '*',     '2025-03-20 09:15:00', 900,   0,  0,  0, 900,  0,  0,   0,  0,  0, 0);
CREATE TABLE UserWorkgroups (UserId TEXT, WorkGroup TEXT, QueueFlag TEXT, SiteId INT);
INSERT INTO UserWorkgroups VALUES ('B OB', 'sales', 'Y', 2), ('quiet', 'Support', 'Y', 2);

-- Plain tables under views with other names, columns in another order and letter case, columns that
-- CIC does not have, no dIntervalStartUTC, no UserWorkgroups, times with a T. The medium stands in
-- cReportGroup of the workgroups (and in cHKey3 of the agents), in mixed case.
--
-- Each contact stands in three levels: (*,*,*), (medium,*,*) and (medium,skill,*). By eye:
--   Sales 09:00, calls: 6+4 = 10 entered, 5+3 = 8 answered, 1+1 = 2 abandoned; buckets 1..3: 4+1+1 = 6,
--     6/10 = 60 %; ASA 120/8 = 15; AHT (1600+80)/8 = 210.
--   Sales 09:00, chats: 3, 3 answered; 2/3 = 67 %; ASA 31/3 = 10; AHT (900+9)/3 = 303.
--   Sales 09:30, calls: 5, 4 answered, 1 abandoned; 2/5 = 40 %; ASA 42/4 = 10.5, half up 11; AHT (500+20)/4 = 130.
--   Support 09:30, e-mails: 2, 1 answered; 1/2 = 50 %; ASA 600; AHT (300+60)/1 = 360.
--   Everything else of the two is 0, and -1 where there is nothing to divide by.
--   anna 09:00: staff 1800; talk 1000-100 = 900; ACW 80; hold 100; AUX 60+30+10 = 100; in 1015-1000 = 15;
--     out 40-5 = 35; idle 620; 5 calls. Her seven parts: 1000+0+80+10+620+30+60 = 1800.
--   zoe works for Other alone and is not in the feed.
CREATE TABLE stat_wg (
  extra1 TEXT DEFAULT 'x', NDURATION INT DEFAULT 1800, TTALKACD INT DEFAULT 0, TACW INT DEFAULT 0, CHKEY4 TEXT DEFAULT '*', CHKEY3 TEXT,
  CREPORTGROUP TEXT, SUBSITEID INT DEFAULT 0, SITEID INT DEFAULT 7, DINTERVALSTART DATETIME, CNAME TEXT, NENTEREDACD INT, NANSWEREDACD INT,
  NABANDONEDACD INT DEFAULT 0, TANSWEREDACD INT DEFAULT 0, NANSWEREDACDSVCLVL1 INT DEFAULT 0, NANSWEREDACDSVCLVL2 INT DEFAULT 0,
  NANSWEREDACDSVCLVL3 INT DEFAULT 0, "order" TEXT);
INSERT INTO stat_wg (CNAME, CREPORTGROUP, CHKEY3, DINTERVALSTART, NENTEREDACD, NANSWEREDACD, NABANDONEDACD,
  NANSWEREDACDSVCLVL1, NANSWEREDACDSVCLVL2, NANSWEREDACDSVCLVL3, TANSWEREDACD, TTALKACD, TACW) VALUES
  ('Sales', '*',    '*',       '2025-06-10T09:00:00', 13, 11, 2, 5, 2, 1, 151, 2500, 89),
  ('Sales', 'CALL', '*',       '2025-06-10T09:00:00', 10,  8, 2, 4, 1, 1, 120, 1600, 80),
  ('Sales', 'CALL', 'English', '2025-06-10T09:00:00',  6,  5, 1, 3, 1, 0,  70, 1000, 50),
  ('Sales', 'CALL', 'German',  '2025-06-10T09:00:00',  4,  3, 1, 1, 0, 1,  50,  600, 30),
  ('Sales', 'chat', '*',       '2025-06-10T09:00:00',  3,  3, 0, 1, 1, 0,  31,  900,  9),
  ('Sales', 'chat', 'English', '2025-06-10T09:00:00',  3,  3, 0, 1, 1, 0,  31,  900,  9),
  ('Sales', '*',    '*',       '2025-06-10T09:30:00',  5,  4, 1, 2, 0, 0,  42,  500, 20),
  ('Sales', 'Call', '*',       '2025-06-10T09:30:00',  5,  4, 1, 2, 0, 0,  42,  500, 20),
  ('Sales', 'Call', 'German',  '2025-06-10T09:30:00',  5,  4, 1, 2, 0, 0,  42,  500, 20),
  ('Support', '*',  '*',       '2025-06-10T09:30:00',  2,  1, 0, 1, 0, 0, 600,  300, 60),
  ('Support', 'Email interaction', '*',      '2025-06-10T09:30:00', 2, 1, 0, 1, 0, 0, 600, 300, 60),
  ('Support', 'Email interaction', 'German', '2025-06-10T09:30:00', 2, 1, 0, 1, 0, 0, 600, 300, 60),
  ('Other', '*',    '*',       '2025-06-10T09:00:00', 99, 99, 0, 0, 0, 0, 0, 0, 0),
  ('Other', 'Call', '*',       '2025-06-10T09:00:00', 99, 99, 0, 0, 0, 0, 0, 0, 0),
  ('Other', 'Call', 'German',  '2025-06-10T09:00:00', 99, 99, 0, 0, 0, 0, 0, 0, 0),
  ('Sales', '*',    '*',       '2025-06-10T10:00:00', 77, 77, 0, 0, 0, 0, 0, 0, 0), -- after the window
  ('Sales', '*',    '*',       '2025-06-10T08:30:00', 77, 77, 0, 0, 0, 0, 0, 0, 0); -- before it
CREATE VIEW IWrkgrpQueueStats AS SELECT * FROM stat_wg;

CREATE TABLE stat_agent (
  cHKey4 TEXT DEFAULT '*', ntalk INT, tAgentLoggedIn INT DEFAULT 0, tAgentOnAcdCall INT DEFAULT 0, tAgentOnOtherAcdCall INT DEFAULT 0,
  tAgentInAcw INT DEFAULT 0, tAgentOnNonAcdCall INT DEFAULT 0, tAgentAvailable INT DEFAULT 0, tAgentDnd INT DEFAULT 0,
  tAgentNotAvailable INT DEFAULT 0, tTALKACD INT DEFAULT 0, tHoldAcd INT DEFAULT 0, tAcw INT DEFAULT 0, tExternToInternCalls INT DEFAULT 0,
  tExternToInternAcdCalls INT DEFAULT 0, tInternToExternCalls INT DEFAULT 0, tInternToExternAcdCalls INT DEFAULT 0, nansweredacd INT DEFAULT 0,
  SiteId INT DEFAULT 7, SubSiteId INT DEFAULT 0, nDuration INT DEFAULT 1800, cName TEXT, cReportGroup TEXT, cHKey3 TEXT DEFAULT '*', dIntervalStart TEXT);
INSERT INTO stat_agent (cName, cReportGroup, cHKey3, dIntervalStart, tAgentLoggedIn, tAgentOnAcdCall, tAgentInAcw, tAgentNotAvailable, tAgentDnd,
  tAgentOnNonAcdCall, tAgentAvailable, tTALKACD, tHoldAcd, tAcw, tExternToInternCalls, tExternToInternAcdCalls, tInternToExternCalls,
  tInternToExternAcdCalls, nansweredacd) VALUES
  ('anna', '*',     '*',    '2025-06-10T09:00:00', 1800, 1000, 80, 60, 30, 10, 620, 1000, 100, 80, 1015, 1000, 40, 5, 5),
  ('anna', 'Sales', '*',    '2025-06-10T09:00:00', 1800,  600, 80, 60, 30, 10, 620,  600,  60, 50,  600,  600,  5, 5, 3),
  ('anna', 'Sales', 'CALL', '2025-06-10T09:00:00', 1800,  600, 80, 60, 30, 10, 620,  600,  60, 50,  600,  600,  5, 5, 3),
  ('anna', 'Other', '*',    '2025-06-10T09:00:00', 1800,  400,  0, 60, 30, 10, 620,  400,  40, 30,  400,  400,  0, 0, 2),
  ('anna', 'Other', 'CALL', '2025-06-10T09:00:00', 1800,  400,  0, 60, 30, 10, 620,  400,  40, 30,  400,  400,  0, 0, 2),
  ('anna', '-',     '*',    '2025-06-10T09:00:00',    0,    0,  0,  0,  0,  0,   0,    0,   0,  0,   15,    0, 35, 0, 0),
  ('zoe',  '*',     '*',    '2025-06-10T09:00:00', 1800, 1800,  0,  0,  0,  0,   0, 1800,   0,  0, 1800, 1800,  0, 0, 9),
  ('zoe',  'Other', '*',    '2025-06-10T09:00:00', 1800, 1800,  0,  0,  0,  0,   0, 1800,   0,  0, 1800, 1800,  0, 0, 9);
CREATE VIEW IAgentQueueStats AS SELECT * FROM stat_agent;

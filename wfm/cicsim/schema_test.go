package cicsim_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
)

func TestColumnsOfEditions(t *testing.T) {
	c, db := write(t, small(cicsim.Config{Seed: 1}))
	list := columns(t, db, viewNames[0])
	require.Contains(t, list, "dIntervalStartUTC")
	require.Contains(t, list, "StatisticsSet")
	require.Contains(t, list, "tSuspendedAcd")
	require.NotContains(t, list, "mtAnsweredAcd")
	require.NotContains(t, list, "tAllAgentAvailable")
	require.Contains(t, columns(t, db, viewNames[1]), "tAllAgentAvailable")
	require.Positive(t, queryInt(t, db, "SELECT count(*) FROM sqlite_master WHERE type='index'"))
	require.Len(t, c.Workgroups(), 5)

	cfg := small(cicsim.Config{Seed: 1, Schema: cicsim.Schema{Edition: cicsim.EditionLegacy, UpperCaseColumns: true, NoIndexes: true}})
	_, db = write(t, cfg)
	list = columns(t, db, viewNames[0])
	for _, name := range list {
		require.Equal(t, strings.ToUpper(name), name)
	}
	require.Contains(t, list, "MTANSWEREDACD")
	for _, gone := range []string{"STATISTICSSET", "DINTERVALSTARTUTC", "TSUSPENDEDACD", "NSERVICELEVEL", "TAGENTACDLOGGEDIN2"} {
		require.NotContains(t, list, gone)
	}
	require.Positive(t, queryInt(t, db, "SELECT max(mtAnsweredAcd) FROM IWrkgrpQueueStats"))
	require.Zero(t, queryInt(t, db, "SELECT count(*) FROM sqlite_master WHERE type='index'"))
}

func TestUTCColumn(t *testing.T) {
	cfg := small(cicsim.Config{Seed: 1})
	cfg.Schema.UTC = cicsim.UTCNull
	_, db := write(t, cfg)
	require.Zero(t, queryInt(t, db, "SELECT count(dIntervalStartUTC) FROM IWrkgrpQueueStats"))
	cfg.Schema.UTC = cicsim.UTCAbsent
	_, db = write(t, cfg)
	require.NotContains(t, columns(t, db, viewNames[0]), "dIntervalStartUTC")
}

func TestSpelling(t *testing.T) {
	_, db := write(t, small(cicsim.AllIrregularities(3)))
	for _, media := range []string{"Call", "CALL", "Email Interaction", "Email interaction"} {
		require.Positive(t, queryInt(t, db, "SELECT count(*) FROM IWrkgrpQueueStats WHERE cHKey3=?", media), media)
		require.Positive(t, queryInt(t, db, "SELECT count(*) FROM IAgentQueueStats WHERE cHKey4=?", media), media)
	}
	require.Zero(t, queryInt(t, db, "SELECT count(*) FROM IWrkgrpQueueStats WHERE CAST(dIntervalStart AS TEXT) NOT LIKE '____-__-__ __:__:__.___'"))
	require.Zero(t, queryInt(t, db, "SELECT count(*) FROM UserWorkgroups WHERE QueueFlag NOT IN ('Y','N')"))
	require.EqualValues(t, 14, queryInt(t, db, "SELECT count(*) FROM UserWorkgroups WHERE QueueFlag='N' AND WorkGroup='WFM Status, all'"))
	require.Negative(t, queryInt(t, db, "SELECT min(StatisticsSet) FROM IWrkgrpQueueStats"))
	require.EqualValues(t, 5, queryInt(t, db, `SELECT count(DISTINCT cName) FROM IWrkgrpQueueStats`))
	for _, mark := range []string{`"`, ",", ";", "'", "ü"} {
		require.Positive(t, queryInt(t, db, "SELECT count(*) FROM IWrkgrpQueueStats WHERE instr(cName, ?) > 0", mark), mark)
	}
	for _, mark := range []string{`"`, ",", ";", "'", "ö", " "} {
		require.Positive(t, queryInt(t, db, "SELECT count(*) FROM AgentActivityLog WHERE instr(UserId, ?) > 0", mark), mark)
	}
	require.Positive(t, queryInt(t, db, "SELECT count(*) FROM AgentActivityLog WHERE StatusGroup='Büro & Co'"))

	_, db = write(t, small(cicsim.Config{Seed: 3}))
	require.Zero(t, queryInt(t, db, "SELECT count(*) FROM IWrkgrpQueueStats WHERE CAST(dIntervalStart AS TEXT) NOT LIKE '____-__-__ __:__:__'"))
	require.EqualValues(t, 1, queryInt(t, db, "SELECT min(QueueFlag) FROM UserWorkgroups"))
}

func TestIdleRows(t *testing.T) {
	cfg := small(cicsim.Config{Seed: 2})
	c, db := write(t, cfg)
	idle := "SELECT count(*) FROM IWrkgrpQueueStats WHERE cName='Desk 10 to 2' AND cReportGroup='*' AND strftime('%H', dIntervalStart) IN ('06','16')"
	require.Zero(t, queryInt(t, db, idle))
	totals := "SELECT count(*) FROM IWrkgrpQueueStats WHERE cReportGroup='*'"
	require.Less(t, queryInt(t, db, totals), int64(5*48))
	cfg.Schema.Idle = cicsim.ZeroIdle
	_, db = write(t, cfg)
	require.EqualValues(t, 4, queryInt(t, db, idle))
	require.EqualValues(t, 5*48, queryInt(t, db, totals))
	require.EqualValues(t, 14*48, queryInt(t, db, "SELECT count(*) FROM IAgentQueueStats WHERE cReportGroup='*'"))
	pairs := 0
	for _, a := range c.Agents() {
		pairs += len(a.Workgroups)
	}
	require.EqualValues(t, pairs*48, queryInt(t, db, "SELECT count(*) FROM IAgentQueueStats WHERE cReportGroup NOT IN ('*','-') AND cHKey3='*'"))
}

func TestWriteStatistics(t *testing.T) {
	cfg := small(cicsim.Config{Seed: 1})
	cfg.Schema.Fractions = true
	for _, n := range []int{1, 700, 5000} {
		db := openDB(t)
		sum, err := cicsim.WriteStatistics(context.Background(), db, cfg, n)
		require.NoError(t, err)
		require.Equal(t, n, sum[viewNames[0]]+sum[viewNames[1]])
		for _, view := range viewNames {
			require.EqualValues(t, sum[view], queryInt(t, db, "SELECT count(*) FROM "+view))
			require.EqualValues(t, sum[view], queryInt(t, db, "SELECT count(DISTINCT StatisticsSet) FROM "+view))
		}
		require.Zero(t, queryInt(t, db, `SELECT count(*) FROM IWrkgrpQueueStats WHERE dIntervalStart<>dIntervalStartUTC
			OR CAST(dIntervalStart AS TEXT) NOT LIKE '%.000'`))
		if n == 5000 {
			require.Greater(t, queryInt(t, db, "SELECT count(DISTINCT date(dIntervalStart)) FROM IWrkgrpQueueStats"), int64(1))
		}
	}
	_, err := cicsim.WriteStatistics(context.Background(), openDB(t), cfg, 0)
	require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
}

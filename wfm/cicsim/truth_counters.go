package cicsim

import "github.com/cicwfm/cicwfm/wfm"

// legCounter is the definition of one counter over one leg: what the leg adds in a window, to the
// workgroup (who is empty) or to an agent.
type legCounter struct {
	counter wfm.Counter
	of      func(l *legView, who wfm.AgentID, w Span) int64
}

// legCounters are the definitions of all counters that contacts fill, save the service-level
// buckets, which bucketCounters adds. It is read only.
var legCounters = append(bucketCounters(), []legCounter{
	{wfm.NEnteredAcd, func(l *legView, who wfm.AgentID, w Span) int64 {
		if who == "" {
			return one(w.contains(l.Entered))
		}
		return l.alerts(who, func(a Alert) int64 { return one(w.contains(a.Ring.Start)) })
	}},
	{wfm.NAnsweredAcd, func(l *legView, who wfm.AgentID, w Span) int64 { return one(l.answered(who, w)) }},
	{wfm.NAnswered, func(l *legView, who wfm.AgentID, w Span) int64 { return one(l.answered(who, w)) }},
	{wfm.NAbandonedAcd, func(l *legView, who wfm.AgentID, w Span) int64 { return one(l.abandoned(who, w)) }},
	{wfm.NFlowOutAcd, func(l *legView, who wfm.AgentID, w Span) int64 { return one(l.flowedOut(who, w)) }},
	{wfm.TAnsweredAcd, func(l *legView, who wfm.AgentID, w Span) int64 { return one(l.answered(who, w)) * l.wait() }},
	{wfm.MtAnsweredAcd, func(l *legView, who wfm.AgentID, w Span) int64 { return one(l.answered(who, w)) * l.wait() }},
	{wfm.TAbandonedAcd, func(l *legView, who wfm.AgentID, w Span) int64 { return one(l.abandoned(who, w)) * l.wait() }},
	{wfm.TFlowOutAcd, func(l *legView, who wfm.AgentID, w Span) int64 { return one(l.flowedOut(who, w)) * l.wait() }},

	{wfm.NAlertedAcd, func(l *legView, who wfm.AgentID, w Span) int64 {
		return l.alerts(who, func(a Alert) int64 { return one(w.contains(a.Ring.Start)) })
	}},
	{wfm.NNotAnsweredAcd, func(l *legView, who wfm.AgentID, w Span) int64 {
		return l.alerts(who, func(a Alert) int64 { return one(!a.Answered && !a.Cut && w.contains(a.Ring.End)) })
	}},
	{wfm.TAlertedAcd, func(l *legView, who wfm.AgentID, w Span) int64 {
		return l.alerts(who, func(a Alert) int64 {
			return one(!a.Cut && w.contains(a.Ring.End)) * int64(a.Ring.End-a.Ring.Start)
		})
	}},

	{wfm.TTalkAcd, func(l *legView, who wfm.AgentID, w Span) int64 { return one(l.by(who)) * w.lived(l.Talk) }},
	{wfm.TTalkCompleteAcd, func(l *legView, who wfm.AgentID, w Span) int64 {
		return one(l.talkEnded(who, w)) * int64(l.Talk.End-l.Talk.Start)
	}},
	{wfm.NHoldAcd, func(l *legView, who wfm.AgentID, w Span) int64 {
		var n int64
		for _, h := range l.Holds {
			n += one(l.by(who) && w.contains(h.Start))
		}
		return n
	}},
	{wfm.THoldAcd, func(l *legView, who wfm.AgentID, w Span) int64 {
		var n int64
		for _, h := range l.Holds {
			n += one(l.by(who)) * w.lived(h)
		}
		return n
	}},
	{wfm.NLocalDisconnectAcd, func(l *legView, who wfm.AgentID, w Span) int64 { return l.finished(who, w, LocalDisconnect) }},
	{wfm.NDisconnectAcd, func(l *legView, who wfm.AgentID, w Span) int64 {
		return l.finished(who, w, LocalDisconnect) + l.finished(who, w, RemoteDisconnect)
	}},
	{wfm.NTransferWithinAcdCalls, func(l *legView, who wfm.AgentID, w Span) int64 { return l.finished(who, w, TransferWithin) }},
	{wfm.NTransferOutAcdCalls, func(l *legView, who wfm.AgentID, w Span) int64 { return l.finished(who, w, TransferOut) }},
	{wfm.NTransferedAcd, func(l *legView, who wfm.AgentID, w Span) int64 {
		return l.finished(who, w, TransferWithin) + l.finished(who, w, TransferOut)
	}},

	{wfm.NAcw, func(l *legView, who wfm.AgentID, w Span) int64 { return one(l.acwEnded(who, w)) }},
	{wfm.TAcw, func(l *legView, who wfm.AgentID, w Span) int64 { return one(l.by(who)) * w.lived(l.ACW) }},
	{wfm.TAcwComplete, func(l *legView, who wfm.AgentID, w Span) int64 {
		return one(l.acwEnded(who, w)) * int64(l.ACW.End-l.ACW.Start)
	}},
	{wfm.NAcwCalls, func(l *legView, who wfm.AgentID, w Span) int64 {
		var n int64
		for _, c := range l.ACWCalls {
			n += one(l.by(who) && w.contains(c.Start))
		}
		return n
	}},
	{wfm.TAcwCalls, func(l *legView, who wfm.AgentID, w Span) int64 {
		var n int64
		for _, c := range l.ACWCalls {
			n += one(l.by(who)) * w.lived(c)
		}
		return n
	}},

	{wfm.NExternToInternAcdCalls, directionCount(ExternToIntern)},
	{wfm.NExternToInternCalls, directionCount(ExternToIntern)},
	{wfm.NInternToExternAcdCalls, directionCount(InternToExtern)},
	{wfm.NInternToExternCalls, directionCount(InternToExtern)},
	{wfm.NInternToInternAcdCalls, directionCount(InternToIntern)},
	{wfm.NInternToInternCalls, directionCount(InternToIntern)},
	{wfm.TExternToInternAcdCalls, directionTime(ExternToIntern)},
	{wfm.TExternToInternCalls, directionTime(ExternToIntern)},
	{wfm.TInternToExternAcdCalls, directionTime(InternToExtern)},
	{wfm.TInternToExternCalls, directionTime(InternToExtern)},
	{wfm.TInternToInternAcdCalls, directionTime(InternToIntern)},
	{wfm.TInternToInternCalls, directionTime(InternToIntern)},

	{wfm.NStartWaitAlertAcdCalls, atStart((*legView).waitingAt)},
	{wfm.NStartActiveAcdCalls, atStart((*legView).activeAt)},
	{wfm.NStartHeldAcdCalls, atStart((*legView).heldAt)},
	{wfm.NEndWaitAlertAcdCalls, atEnd((*legView).waitingAt)},
	{wfm.NEndActiveAcdCalls, atEnd((*legView).activeAt)},
	{wfm.NEndHeldAcdCalls, atEnd((*legView).heldAt)},
}...)

// bucketCounters defines the exclusive service-level buckets: a wait above the bound before and
// up to the bucket's own.
func bucketCounters() []legCounter {
	answered := [6]wfm.Counter{wfm.NAnsweredAcdSvcLvl1, wfm.NAnsweredAcdSvcLvl2, wfm.NAnsweredAcdSvcLvl3,
		wfm.NAnsweredAcdSvcLvl4, wfm.NAnsweredAcdSvcLvl5, wfm.NAnsweredAcdSvcLvl6}
	abandoned := [6]wfm.Counter{wfm.NAbandonAcdSvcLvl1, wfm.NAbandonAcdSvcLvl2, wfm.NAbandonAcdSvcLvl3,
		wfm.NAbandonAcdSvcLvl4, wfm.NAbandonAcdSvcLvl5, wfm.NAbandonAcdSvcLvl6}
	within := func(l *legView, bounds [6]int, k int) bool {
		wait := int(l.wait())
		return wait <= bounds[k] && (k == 0 || wait > bounds[k-1])
	}
	var list []legCounter
	for k := range 6 {
		list = append(list,
			legCounter{answered[k], func(l *legView, who wfm.AgentID, w Span) int64 {
				return one(l.answered(who, w) && within(l, l.cfg.AnswerThresholds, k))
			}},
			legCounter{abandoned[k], func(l *legView, who wfm.AgentID, w Span) int64 {
				return one(l.abandoned(who, w) && within(l, l.cfg.AbandonThresholds, k))
			}})
	}
	return list
}

// addCalls adds the calls of an agent that came through no queue; they are telephone calls.
func (r *result) addCalls(a *agentTruth, media wfm.MediaType, w Span) {
	if media != wfm.AllMedia && !media.Is(wfm.Call) {
		return
	}
	counts := [...]wfm.Counter{wfm.NExternToInternCalls, wfm.NInternToExternCalls, wfm.NInternToInternCalls}
	times := [...]wfm.Counter{wfm.TExternToInternCalls, wfm.TInternToExternCalls, wfm.TInternToInternCalls}
	for _, c := range a.calls {
		connected := one(w.contains(c.Talk.Start))
		r.v[counts[c.Direction]] += connected
		r.v[times[c.Direction]] += w.lived(c.Talk)
		if c.Direction == ExternToIntern || c.Direction == InternToIntern && c.Received {
			r.v[wfm.NAnswered] += connected
		}
	}
}

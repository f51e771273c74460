package wfm

// The counters, in the order of the CIC reference: interactions first, agent time after.
// A constant is the CIC column with its first letter raised, so that Go exports it.
const (
	NEnteredAcd Counter = iota
	NAbandonedAcd
	NGrabbedAcd
	TGrabbedAcd
	NLocalDisconnectAcd
	NLocalDisconnectAgentAlertAcd
	NAlertedAcd
	NAnsweredAcd
	NAnswered
	NAcdSvcLvl
	NAnsweredAcdSvcLvl1
	NAnsweredAcdSvcLvl2
	NAnsweredAcdSvcLvl3
	NAnsweredAcdSvcLvl4
	NAnsweredAcdSvcLvl5
	NAnsweredAcdSvcLvl6
	NAbandonAcdSvcLvl1
	NAbandonAcdSvcLvl2
	NAbandonAcdSvcLvl3
	NAbandonAcdSvcLvl4
	NAbandonAcdSvcLvl5
	NAbandonAcdSvcLvl6
	NAnsweredAcdSvcLvl
	NAbandonAcdSvcLvl
	TAnsweredAcd
	MtAnsweredAcd
	TAbandonedAcd
	TTalkAcd
	TTalkCompleteAcd
	NHoldAcd
	THoldAcd
	NAcw
	TAcw
	TAcwComplete
	NExternToInternCalls
	TExternToInternCalls
	NExternToInternAcdCalls
	TExternToInternAcdCalls
	NInternToExternCalls
	TInternToExternCalls
	NInternToExternAcdCalls
	TInternToExternAcdCalls
	NInternToInternCalls
	TInternToInternCalls
	NInternToInternAcdCalls
	TInternToInternAcdCalls
	NAcwCalls
	TAcwCalls
	NTransferedAcd
	NNotAnsweredAcd
	TAlertedAcd
	NFlowOutAcd
	TFlowOutAcd
	NStartWaitAlertAcdCalls
	NStartActiveAcdCalls
	NStartHeldAcdCalls
	NEndWaitAlertAcdCalls
	NEndActiveAcdCalls
	NEndHeldAcdCalls
	NTransferWithinAcdCalls
	NTransferOutAcdCalls
	NDisconnectAcd
	TSuspendedAcd
	TAgentLoggedIn
	TAgentOnAcdCall
	TAgentOnOtherAcdCall
	TAgentInAcw
	TAgentOnNonAcdCall
	TAgentAvailable
	TAgentNotAvailable
	TAgentDnd
	TAgentOtherBusy
	TAgentAcdLoggedIn
	TAgentAcdLoggedIn2
	TAgentTalk
	TAgentStatusAcw
	TAgentStatusDnd
	TAgentLoggedInDiluted
	TAllAgentAvailable
	TStatusGroupFollowup
	TStatusGroupBreak
	TStatusGroupTraining
	numCounters
)

// counterTable is the one table of CIC statistics columns. The reader selects from it, the
// aggregator folds by it, layouts name counters by it, and the documentation prints it.
var counterTable = [numCounters]CounterInfo{
	NEnteredAcd:                   {"NEnteredAcd", "nEnteredAcd", Count, FoldSum, InBoth, EveryEdition, "ACD interactions that entered the queue in the interval, also those whose outcome falls in a later one", Documented},
	NAbandonedAcd:                 {"NAbandonedAcd", "nAbandonedAcd", Count, FoldSum, InBoth, EveryEdition, "abandoned in this queue; unanswered moves between queues are only in nFlowOutAcd", Documented},
	NGrabbedAcd:                   {"NGrabbedAcd", "nGrabbedAcd", Count, FoldSum, InBoth, EveryEdition, "not supported by CIC: do not use", Documented},
	TGrabbedAcd:                   {"TGrabbedAcd", "tGrabbedAcd", Seconds, FoldSum, InBoth, EveryEdition, "not supported by CIC: do not use", Documented},
	NLocalDisconnectAcd:           {"NLocalDisconnectAcd", "nLocalDisconnectAcd", Count, FoldSum, InBoth, EveryEdition, "disconnected by an agent, a user or CIC itself, not by the remote party", Documented},
	NLocalDisconnectAgentAlertAcd: {"NLocalDisconnectAgentAlertAcd", "nLocalDisconnectAgentAlertAcd", Count, FoldSum, InBoth, Only4x, "the part of nLocalDisconnectAcd that ended while alerting an agent", Inferred},
	NAlertedAcd:                   {"NAlertedAcd", "nAlertedAcd", Count, FoldSum, InBoth, EveryEdition, "alerts to agents", NameOnly},
	NAnsweredAcd:                  {"NAnsweredAcd", "nAnsweredAcd", Count, FoldSum, InBoth, EveryEdition, "ACD interactions answered", NameOnly},
	NAnswered:                     {"NAnswered", "nAnswered", Count, FoldSum, InBoth, EveryEdition, "interactions answered, non-ACD included", NameOnly},
	NAcdSvcLvl:                    {"NAcdSvcLvl", "nAcdSvcLvl", Count, FoldSum, InBoth, EveryEdition, "seen in public SQL; its meaning is not documented", Observed},
	NAnsweredAcdSvcLvl1:           {"NAnsweredAcdSvcLvl1", "nAnsweredAcdSvcLvl1", Count, FoldSum, InBoth, EveryEdition, "answered in service-level bucket 1; buckets exclude each other, so within threshold k is the sum of 1 to k", Observed},
	NAnsweredAcdSvcLvl2:           {"NAnsweredAcdSvcLvl2", "nAnsweredAcdSvcLvl2", Count, FoldSum, InBoth, EveryEdition, "answered in service-level bucket 2; buckets exclude each other, so within threshold k is the sum of 1 to k", Observed},
	NAnsweredAcdSvcLvl3:           {"NAnsweredAcdSvcLvl3", "nAnsweredAcdSvcLvl3", Count, FoldSum, InBoth, EveryEdition, "answered in service-level bucket 3; buckets exclude each other, so within threshold k is the sum of 1 to k", Observed},
	NAnsweredAcdSvcLvl4:           {"NAnsweredAcdSvcLvl4", "nAnsweredAcdSvcLvl4", Count, FoldSum, InBoth, EveryEdition, "answered in service-level bucket 4; buckets exclude each other, so within threshold k is the sum of 1 to k", Observed},
	NAnsweredAcdSvcLvl5:           {"NAnsweredAcdSvcLvl5", "nAnsweredAcdSvcLvl5", Count, FoldSum, InBoth, EveryEdition, "answered in service-level bucket 5; buckets exclude each other, so within threshold k is the sum of 1 to k", Observed},
	NAnsweredAcdSvcLvl6:           {"NAnsweredAcdSvcLvl6", "nAnsweredAcdSvcLvl6", Count, FoldSum, InBoth, EveryEdition, "answered in service-level bucket 6; buckets exclude each other, so within threshold k is the sum of 1 to k", Observed},
	NAbandonAcdSvcLvl1:            {"NAbandonAcdSvcLvl1", "nAbandonAcdSvcLvl1", Count, FoldSum, InBoth, EveryEdition, "abandoned in service-level bucket 1; buckets exclude each other", Observed},
	NAbandonAcdSvcLvl2:            {"NAbandonAcdSvcLvl2", "nAbandonAcdSvcLvl2", Count, FoldSum, InBoth, EveryEdition, "abandoned in service-level bucket 2; buckets exclude each other", Observed},
	NAbandonAcdSvcLvl3:            {"NAbandonAcdSvcLvl3", "nAbandonAcdSvcLvl3", Count, FoldSum, InBoth, EveryEdition, "abandoned in service-level bucket 3; buckets exclude each other", Observed},
	NAbandonAcdSvcLvl4:            {"NAbandonAcdSvcLvl4", "nAbandonAcdSvcLvl4", Count, FoldSum, InBoth, EveryEdition, "abandoned in service-level bucket 4; buckets exclude each other", Observed},
	NAbandonAcdSvcLvl5:            {"NAbandonAcdSvcLvl5", "nAbandonAcdSvcLvl5", Count, FoldSum, InBoth, EveryEdition, "abandoned in service-level bucket 5; buckets exclude each other", Observed},
	NAbandonAcdSvcLvl6:            {"NAbandonAcdSvcLvl6", "nAbandonAcdSvcLvl6", Count, FoldSum, InBoth, EveryEdition, "abandoned in service-level bucket 6; buckets exclude each other", Observed},
	NAnsweredAcdSvcLvl:            {"NAnsweredAcdSvcLvl", "nAnsweredAcdSvcLvl", Count, FoldSum, InBoth, Only4x, "seen in the 4.x view; its meaning is not documented", Observed},
	NAbandonAcdSvcLvl:             {"NAbandonAcdSvcLvl", "nAbandonAcdSvcLvl", Count, FoldSum, InBoth, Only4x, "seen in the 4.x view; its meaning is not documented", Observed},
	TAnsweredAcd:                  {"TAnsweredAcd", "tAnsweredAcd", Seconds, FoldSum, InBoth, EveryEdition, "queue time before connect of the answered ones, summed (numerator of ASA)", Documented},
	MtAnsweredAcd:                 {"MtAnsweredAcd", "mtAnsweredAcd", Seconds, FoldMax, InBoth, OnlyLegacy, "longest queue time of an answered one", NameOnly},
	TAbandonedAcd:                 {"TAbandonedAcd", "tAbandonedAcd", Seconds, FoldSum, InBoth, EveryEdition, "queue time of the abandoned ones, summed", Documented},
	TTalkAcd:                      {"TTalkAcd", "tTalkAcd", Seconds, FoldSum, InBoth, EveryEdition, "first connect until inactive or flowed out, hold with the agent included; booked in each interval in which it is lived", Documented},
	TTalkCompleteAcd:              {"TTalkCompleteAcd", "tTalkCompleteAcd", Seconds, FoldSum, InBoth, EveryEdition, "the whole talk, booked in the interval of completion", Documented},
	NHoldAcd:                      {"NHoldAcd", "nHoldAcd", Count, FoldSum, InBoth, EveryEdition, "holds of this queue", Documented},
	THoldAcd:                      {"THoldAcd", "tHoldAcd", Seconds, FoldSum, InBoth, EveryEdition, "hold seconds of this queue, already inside tTalkAcd", Documented},
	NAcw:                          {"NAcw", "nAcw", Count, FoldSum, InBoth, EveryEdition, "after-call-work count", NameOnly},
	TAcw:                          {"TAcw", "tAcw", Seconds, FoldSum, InBoth, EveryEdition, "after-call work tied to an interaction, booked in each interval in which it is lived", Documented},
	TAcwComplete:                  {"TAcwComplete", "tAcwComplete", Seconds, FoldSum, InBoth, EveryEdition, "the whole after-call work of sessions completed in this interval", Documented},
	NExternToInternCalls:          {"NExternToInternCalls", "nExternToInternCalls", Count, FoldSum, InBoth, EveryEdition, "interactions external to internal, ACD and not", NameOnly},
	TExternToInternCalls:          {"TExternToInternCalls", "tExternToInternCalls", Seconds, FoldSum, InBoth, EveryEdition, "seconds of interactions external to internal, ACD and not", NameOnly},
	NExternToInternAcdCalls:       {"NExternToInternAcdCalls", "nExternToInternAcdCalls", Count, FoldSum, InBoth, EveryEdition, "interactions external to internal, ACD only", NameOnly},
	TExternToInternAcdCalls:       {"TExternToInternAcdCalls", "tExternToInternAcdCalls", Seconds, FoldSum, InBoth, EveryEdition, "seconds of interactions external to internal, ACD only", NameOnly},
	NInternToExternCalls:          {"NInternToExternCalls", "nInternToExternCalls", Count, FoldSum, InBoth, EveryEdition, "interactions internal to external, ACD and not", NameOnly},
	TInternToExternCalls:          {"TInternToExternCalls", "tInternToExternCalls", Seconds, FoldSum, InBoth, EveryEdition, "seconds of interactions internal to external, ACD and not", NameOnly},
	NInternToExternAcdCalls:       {"NInternToExternAcdCalls", "nInternToExternAcdCalls", Count, FoldSum, InBoth, EveryEdition, "interactions internal to external, ACD only", NameOnly},
	TInternToExternAcdCalls:       {"TInternToExternAcdCalls", "tInternToExternAcdCalls", Seconds, FoldSum, InBoth, EveryEdition, "seconds of interactions internal to external, ACD only", NameOnly},
	NInternToInternCalls:          {"NInternToInternCalls", "nInternToInternCalls", Count, FoldSum, InBoth, EveryEdition, "interactions internal to internal, ACD and not", NameOnly},
	TInternToInternCalls:          {"TInternToInternCalls", "tInternToInternCalls", Seconds, FoldSum, InBoth, EveryEdition, "seconds of interactions internal to internal, ACD and not", NameOnly},
	NInternToInternAcdCalls:       {"NInternToInternAcdCalls", "nInternToInternAcdCalls", Count, FoldSum, InBoth, EveryEdition, "interactions internal to internal, ACD only; a transfer between queue mates counts for both agents", NameOnly},
	TInternToInternAcdCalls:       {"TInternToInternAcdCalls", "tInternToInternAcdCalls", Seconds, FoldSum, InBoth, EveryEdition, "seconds of interactions internal to internal, ACD only; a transfer between queue mates counts for both agents", NameOnly},
	NAcwCalls:                     {"NAcwCalls", "nAcwCalls", Count, FoldSum, InBoth, EveryEdition, "outbound interactions made during after-call work", Documented},
	TAcwCalls:                     {"TAcwCalls", "tAcwCalls", Seconds, FoldSum, InBoth, EveryEdition, "seconds of outbound interactions made during after-call work", Documented},
	NTransferedAcd:                {"NTransferedAcd", "nTransferedAcd", Count, FoldSum, InBoth, EveryEdition, "transferred; CIC spells the column with one r", Observed},
	NNotAnsweredAcd:               {"NNotAnsweredAcd", "nNotAnsweredAcd", Count, FoldSum, InBoth, EveryEdition, "alerted and not answered", NameOnly},
	TAlertedAcd:                   {"TAlertedAcd", "tAlertedAcd", Seconds, FoldSum, InBoth, EveryEdition, "ring time", Documented},
	NFlowOutAcd:                   {"NFlowOutAcd", "nFlowOutAcd", Count, FoldSum, InBoth, EveryEdition, "left the queue neither answered nor abandoned there", Documented},
	TFlowOutAcd:                   {"TFlowOutAcd", "tFlowOutAcd", Seconds, FoldSum, InBoth, EveryEdition, "queue time until the flow-out, summed", Documented},
	NStartWaitAlertAcdCalls:       {"NStartWaitAlertAcdCalls", "nStartWaitAlertAcdCalls", Count, FoldFirst, InBoth, EveryEdition, "waiting or alerting at the start of the interval", NameOnly},
	NStartActiveAcdCalls:          {"NStartActiveAcdCalls", "nStartActiveAcdCalls", Count, FoldFirst, InBoth, EveryEdition, "talking at the start of the interval", NameOnly},
	NStartHeldAcdCalls:            {"NStartHeldAcdCalls", "nStartHeldAcdCalls", Count, FoldFirst, InBoth, EveryEdition, "held at the start of the interval", NameOnly},
	NEndWaitAlertAcdCalls:         {"NEndWaitAlertAcdCalls", "nEndWaitAlertAcdCalls", Count, FoldLast, InBoth, EveryEdition, "waiting or alerting at the end of the interval", NameOnly},
	NEndActiveAcdCalls:            {"NEndActiveAcdCalls", "nEndActiveAcdCalls", Count, FoldLast, InBoth, EveryEdition, "talking at the end of the interval", NameOnly},
	NEndHeldAcdCalls:              {"NEndHeldAcdCalls", "nEndHeldAcdCalls", Count, FoldLast, InBoth, EveryEdition, "held at the end of the interval", NameOnly},
	NTransferWithinAcdCalls:       {"NTransferWithinAcdCalls", "nTransferWithinAcdCalls", Count, FoldSum, InBoth, EveryEdition, "transfers inside the queue", NameOnly},
	NTransferOutAcdCalls:          {"NTransferOutAcdCalls", "nTransferOutAcdCalls", Count, FoldSum, InBoth, EveryEdition, "transfers out of the queue", NameOnly},
	NDisconnectAcd:                {"NDisconnectAcd", "nDisconnectAcd", Count, FoldSum, InBoth, EveryEdition, "disconnects", NameOnly},
	TSuspendedAcd:                 {"TSuspendedAcd", "tSuspendedAcd", Seconds, FoldSum, InBoth, Only4x, "suspended time; seen in a 4.x view", Observed},
	TAgentLoggedIn:                {"TAgentLoggedIn", "tAgentLoggedIn", Seconds, FoldSum, InBoth, EveryEdition, "logged in to the client; exactly the sum of the seven counters that LoggedInParts lists", Documented},
	TAgentOnAcdCall:               {"TAgentOnAcdCall", "tAgentOnAcdCall", Seconds, FoldSum, InBoth, EveryEdition, "connected ACD work of this workgroup", Documented},
	TAgentOnOtherAcdCall:          {"TAgentOnOtherAcdCall", "tAgentOnOtherAcdCall", Seconds, FoldSum, InBoth, EveryEdition, "connected ACD work of other workgroups", Documented},
	TAgentInAcw:                   {"TAgentInAcw", "tAgentInAcw", Seconds, FoldSum, InBoth, EveryEdition, "ACW state: tAcw of the associated rows and manual follow-up", Documented},
	TAgentOnNonAcdCall:            {"TAgentOnNonAcdCall", "tAgentOnNonAcdCall", Seconds, FoldSum, InBoth, EveryEdition, "on non-ACD interactions", Documented},
	TAgentAvailable:               {"TAgentAvailable", "tAgentAvailable", Seconds, FoldSum, InBoth, EveryEdition, "available", Documented},
	TAgentNotAvailable:            {"TAgentNotAvailable", "tAgentNotAvailable", Seconds, FoldSum, InBoth, EveryEdition, "not available", Documented},
	TAgentDnd:                     {"TAgentDnd", "tAgentDnd", Seconds, FoldSum, InBoth, EveryEdition, "do not disturb, from ACD availability and client status", Documented},
	TAgentOtherBusy:               {"TAgentOtherBusy", "tAgentOtherBusy", Seconds, FoldSum, InBoth, EveryEdition, "on interactions of other queues, ACD or not; not part of the tAgentLoggedIn identity", Documented},
	TAgentAcdLoggedIn:             {"TAgentAcdLoggedIn", "tAgentAcdLoggedIn", Seconds, FoldSum, InBoth, EveryEdition, "logged in, activated in the queue, in a status that allows ACD, and not on ACD work: idle time", Documented},
	TAgentAcdLoggedIn2:            {"TAgentAcdLoggedIn2", "tAgentAcdLoggedIn2", Seconds, FoldSum, InBoth, Only4x, "as tAgentAcdLoggedIn with the status ignored; later editions", Documented},
	TAgentTalk:                    {"TAgentTalk", "tAgentTalk", Seconds, FoldSum, InBoth, EveryEdition, "first connect until the end of ACW: tTalkAcd + tAcw, which is handle time", Documented},
	TAgentStatusAcw:               {"TAgentStatusAcw", "tAgentStatusAcw", Seconds, FoldSum, InBoth, EveryEdition, "client status ACW; may overlap tAgentOnAcdCall; not filled below workgroup or user level", Documented},
	TAgentStatusDnd:               {"TAgentStatusDnd", "tAgentStatusDnd", Seconds, FoldSum, InBoth, EveryEdition, "client status DND; not filled below workgroup or user level", Documented},
	TAgentLoggedInDiluted:         {"TAgentLoggedInDiluted", "tAgentLoggedInDiluted", Seconds, FoldSum, InBoth, EveryEdition, "meaningless in agent rows; in workgroup rows probably the logged-in time shared over an agent's workgroups", Documented},
	TAllAgentAvailable:            {"TAllAgentAvailable", "tAllAgentAvailable", Seconds, FoldSum, InAgentView, EveryEdition, "tAgentAvailable of the '*' row, repeated in each row of the agent view", Documented},
	TStatusGroupFollowup:          {"TStatusGroupFollowup", "tStatusGroupFollowup", Seconds, FoldSum, InBoth, EveryEdition, "time in the status group Followup; in the agent view filled only in the '*' row", Documented},
	TStatusGroupBreak:             {"TStatusGroupBreak", "tStatusGroupBreak", Seconds, FoldSum, InBoth, EveryEdition, "time in the status group Break; in the agent view filled only in the '*' row", Documented},
	TStatusGroupTraining:          {"TStatusGroupTraining", "tStatusGroupTraining", Seconds, FoldSum, InBoth, EveryEdition, "time in the status group Training; in the agent view filled only in the '*' row", Documented},
}

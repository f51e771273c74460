// Package aspect writes the historical reports of Aspect eWFM, today Alvaria, and the real-time adherence packets
// for its "Universal ACD" interface. It is a set of layout files for vendors/layout; there is no code of its own
// behind them.
//
// Its place in the flow:
//
//	wfm.Report ─▶ New(settings) ─▶ a wfm.Artifact per report ─▶ wfm/delivery
//	wfm.StatusChange ─▶ NewRealTime(settings).NewSession() ─▶ wfm.Frames ─▶ wfm/delivery
//
// # Files
//
// Bright Pattern's guide names the kinds of report: Basic, APS and the daily Agent Performance, with an interval
// of 15 minutes by default but for the daily one. LivePerson's says that the time in a file name is the end of the
// interval. Columns, order, delimiter, title lines and units are not public, so the presets are ours to start
// from, with a reason for each column in the layout file:
//
//   - basic (default): the queues of an interval.
//   - aps (default): the work of each agent in each queue. What the letters stand for is not public.
//   - agent-performance: the agents' day in one file, for a feed of its own whose interval length is a day.
//
// The setting stamp says whether a name shows the end (default) or the start of the interval. Files go to a file
// share or an FTP server that Aspect reads. Times are local without an offset, so the hour that the autumn clock
// change repeats is summed unless the feed says otherwise.
//
// # Real time: what is documented
//
// The appendix for Aspect of the PureConnect WFM manual lists what a message holds: the time in its
// header, the extension (at most 6 characters), a numeric status code, the workgroup only while an
// interaction of it is handled, the time in state in seconds, the agent id (at most 10 characters, the
// extension or the CIC user id) and a numeric reason code. A change makes one record per workgroup of
// the agent. An update goes out every 10 seconds with all changes since the last; 0 sends each at once.
// Bright Pattern's guide says that the Aspect server listens, that records have a fixed width whose
// field sizes are set on both sides and must be equal, and that the text is ASCII or Unicode.
//
// # Real time: what is site-defined
//
// The preset status takes the manual's order of fields, which is not proven to be that on the wire. Sizes beyond
// the two, padding, the form of the header, line ends and the byte order of Unicode are settings. The preset
// observed-2014 is one wire that was seen, of another sender (Genesys Gplus), with a heartbeat every 10 seconds.
//
// There is no public list of status codes, and none is invented: the feed's status map must have a
// numeric code for every status, by itself, its group or the activity that it decides, and one for logged off. Talking,
// holding and the like have the code of the status unless the map has one for them.
package aspect

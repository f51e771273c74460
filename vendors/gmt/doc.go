// Package gmt writes historical files and real-time messages for GMT Planet. It is a set of layout files
// for vendors/layout; there is no code of its own behind them.
//
// Its place in the flow:
//
//	wfm.Report ─▶ New(settings) ─▶ two wfm.Artifacts per interval ─▶ wfm/delivery
//	wfm.StatusChange ─▶ NewRealTime(settings).NewSession() ─▶ wfm.Frames ─▶ wfm/delivery
//
// # What is documented
//
// The PureConnect WFM manual says that files go to a joint file share or FTP location on the WFM server, that a
// change of status makes one message per user, without a workgroup, that the users are those of a master
// workgroup, set up before real time is configured, and that queue states are reported at the levels off and
// minimal. No other public document was found.
//
// # What is site-defined
//
// Everything else: the files and their columns, and the messages, their framing and codes. The presets are a start
// to edit, not GMT's own formats:
//
//   - queue and agent: CSV files per interval with the counters that queue and agent files of other WFM products carry,
//     the reason of each column in the layout file.
//   - status (default), status-fixed: real-time messages, delimited and of fixed width. The feed's status map must have
//     the codes.
//   - status-avaya: the same with the state numbers of Avaya's call servers, which many receivers were built for.
//
// Times in the files are local without an offset, so the hour that the autumn clock change repeats is summed unless
// the feed says otherwise. The original dials out to the product (inferred); listening works as well.
package gmt

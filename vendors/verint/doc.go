// Package verint writes the historical files and real-time events of Verint Workforce Management,
// formerly Impact 360, Witness and Blue Pumpkin Enterprise. It is a set of layout files for vendors/layout; there is no
// code of its own behind them.
//
// Its place in the flow:
//
//	wfm.Report ─▶ New(settings) ─▶ four wfm.Artifacts per interval ─▶ wfm/delivery
//	wfm.StatusChange ─▶ NewRealTime(settings).NewSession() ─▶ wfm.Frames ─▶ wfm/delivery
//
// # Files: what is documented
//
// Four text reports per interval, which Genesys's open-data-exporter (github.com/MyPureCloud,
// example "verint") calls the standard Verint format: agent scorecard, call, chat and e-mail
// statistics, with file names stamped with the interval's start, title lines, column positions, date
// formats, units and line ends. The presets agent, call, chat and email reproduce them byte for byte.
//
// The set has three date formats (MM/DD/YYYY, YYYY-MM-DD, DD/MM/YYYY), and no data is 0 in the
// scorecard but -1 in the queue files. Over-long queue names shift their row, as in the example; the
// setting longNames cuts or refuses them.
//
// # Files: what is not
//
// Verint reads ACD files with a parser per ACD, so a site must confirm with Verint that its data
// source is set up for these files. The example maps metrics of Genesys Cloud, partly oddly: its
// layout is taken, its mapping is not. The mapping to CIC is ours; each layout file argues it column
// by column, including AUX and the identity of tAgentLoggedIn behind the scorecard. What a site may
// want otherwise is a setting: serviceLevelBucket, averageUnit, noData, zeroQueues and longNames of
// the queue files, acw, idle and blankInIds of the scorecard, restatement of all. An interval in which the site was present but no row is left
// gives a file with title lines only; the example does not tell.
//
// A queue file is about its medium. The scorecard shows the agent over all media, or over the
// feed's medium. AGENT_ID is the CIC user id with blanks replaced, because blanks part the columns:
// two ids that differ only in a blank and an underscore would look alike.
//
// The preset avaya-csv is another ACD's file for Blue Pumpkin, of 2002 (Avaya Compact Contact Center), for sites whose
// Verint has its parser. It is not among the default ones. The manual names ten values where its sample rows have
// eight, so a real file is needed before it is relied on.
//
// Times are those of the feed's zone without an offset, so the hour that the autumn clock change
// repeats is summed unless the feed says otherwise.
//
// # Real time: what is documented
//
// Bright Pattern's guide "Verint pre-defined states" lists the ten fields of the event with types, sizes and
// numbers: event type 26 log-on, 27 log-off, 28 any other change; agent mode 1 ready, 2 busy, 3
// after-call work, 5 not ready, 27 logged off; error code 1 feed normal, 3 unavailable, 4 orderly
// shutdown. The appendix for Blue Pumpkin of the PureConnect WFM manual lists six fields with the same
// event numbers, and says that a change makes one message per workgroup, with its name only while a
// call of it is handled. The presets are event (default) and event6.
//
// # Real time: what is not
//
// How an event becomes bytes: serialisation, time, terminator, encoding and heartbeat are not public.
// Ours is delimited text, and each of these is a setting. Mode and reason are mapped to activities at Verint; the ready
// status map goes by activity (available 1; alerting, talk, hold and dialling 2; after-call work 3;
// unavailable 5 with the status key as reason; logged off 27), and the feed's map comes before it.
// A snapshot is told as changes, an agent who leaves adherence as a log-off; both are settings.
package verint

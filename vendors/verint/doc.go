// Package verint writes the historical files of Verint Workforce Management, formerly Impact 360,
// Witness and Blue Pumpkin Enterprise. It is a set of layout files for vendors/layout; there is no
// code of its own behind them.
//
// Its place in the flow:
//
//	wfm.Report ─▶ New(settings) ─▶ four wfm.Artifacts per interval ─▶ wfm/delivery
//
// # What is documented
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
// # What is not
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
// Times are those of the feed's zone without an offset, so the hour that the autumn clock change
// repeats is summed unless the feed says otherwise.
package verint

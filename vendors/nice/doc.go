// Package nice writes the historical files and real-time messages of NICE IEX WFM, formerly IEX
// TotalView. It is a set of layout files for vendors/layout; there is no code of its own behind them.
//
// Its place in the flow:
//
//	wfm.Report ─▶ New(settings) ─▶ one wfm.Artifact per interval ─▶ wfm/delivery
//	wfm.StatusChange ─▶ NewRealTime(settings).NewSession() ─▶ wfm.Frames ─▶ wfm/delivery
//
// # Files: what is documented
//
// TotalView reads one text file per interval with several report sections, named MMDDYY.HHMM by the
// interval's start. Two variants are public, in programs and sample files of third parties, and TotalView has a parser
// for each, so the preset to choose depends on the site's ACD connection:
//
//   - totalview-a (default): sections parted by tabs, from a data vendor's published program. The preset
//     totalview-a-multimedia has its option of three backlog columns.
//   - totalview-b: fixed columns, the "IEX" report of Alcatel-Lucent's call server, from a public converter
//     with sample files. An agent has a row of totals under the pilot 0000000 and one per workgroup worked.
//
// Layout, names, order and end lines are public; what the columns mean is inferred, and each layout file argues
// it. Figures of unknown meaning are 0 unless a setting says otherwise.
//
// The preset contact-history is the Contact History import of NICE's cloud: only the form of its name
// (History-[YYMMDD][HHMM].txt, at most 30 characters), commas and the queue tag are public; the columns are ours.
//
// A feed chooses one of the presets: the TotalView ones make files of one name.
//
// # Files: who was signed on
//
// The optional section Agent Signon-Signoff Report of totalview-a is written where the setting signOnReport says so. Its
// place, its columns and that it covers the 24 hours up to the end of the interval are public; how it writes times
// and reasons is not, and is left to the settings signTime and signOutReason. An agent who is still on has no Sign Out.
// The section comes from AgentActivityLog, of which 48 hours before the interval are read then; see wfm.SignOn.
//
// A log-off that reaches the database late changes the files of 24 hours, each of which is restated.
//
// Names and times are local without an offset. The hour that the autumn clock change repeats is summed into one
// file unless the feed says otherwise: the product's own export does not tell the two apart, and a second file of
// the same name would replace the first. Under the policy two the second is MMDDYY_2.HHMM, which a site must rename to what its
// TotalView takes.
//
// Delivery is a drop on the TotalView server (FTP, FTPS, SFTP, a file share), by publicly known senders under
// switches/<ACD number>/; a corrected interval is sent again under its name.
//
// # Real time
//
// The PureConnect WFM manual says that a change makes one message per user, without a workgroup, and that the
// users are those of a master workgroup. The message is not public: the presets status (delimited) and
// status-fixed are ours to start from, and the feed's status map must have the codes. status-avaya has the state
// numbers of Avaya's call servers ready (20 available, 30 ACD, 40 after-call work, 50 AUX, 80 ringing, 220 other,
// 100 sign on, 110 sign off, 10 not staffed), which NICE's cloud documents for its Avaya connector and which many
// receivers were built for. The original dials out to the product (inferred);
// listening works as well.
package nice

// Package injixo writes the historical files and real-time statuses of injixo, the cloud successor of
// InVision Enterprise WFM. It is a set of layout files for vendors/layout; there is no code of its own behind them.
//
// Its place in the flow:
//
//	wfm.Report ─▶ New(settings) ─▶ CSV files per interval or day ─▶ wfm/delivery
//	wfm.StatusChange ─▶ NewRealTime(settings).NewSession() ─▶ wfm.Frames ─▶ wfm/delivery
//
// # What is documented
//
// injixo's help centre shows the CSV of contact data per interval (preset contact) and of agent
// statuses (preset status), says which columns are needed, which encodings and date formats are
// read, and that a new import replaces the intervals it holds. Columns and their order are free and
// mapped in injixo. The preset contact-day holds a calendar day in one file; feeds choose it
// instead of contact.
//
// The help centre also shows column orders of Xlink, the on-premise interface that was retired in 2023. The presets
// xlink-8x8, xlink-ipscape, xlink-ipfx and xlink-activity reproduce four of them, for sites whose import was set up for
// one. They are not among the default ones. A fifth, Rostrvm's wide row of all media, is shown without its columns.
//
// # What is not written
//
// The CSV of one row per contact, and the REST interface for contacts (contact-events), need single contacts: when each
// came, whether it was handled and how long it took. Interval statistics do not have them, and to invent them would be
// worse than to send intervals, which injixo takes as well. So there is neither.
//
// # What is site-defined
//
// File names are ours: injixo takes any. Its Cloud Link agent watches a folder and skips a file
// whose content it has seen, so a second delivery does no harm. The queue name, the zone and the
// interval are set in the integration and must match the feed: an integration interval longer than
// the file's is an error there. One integration reads one file format, so contact and status files
// go to different folders or integrations. For several media use one feed per medium; the channel
// is set in the integration.
//
// # Zero and missing
//
// A workgroup without contacts is a row of zeros, with AHT blank. An interval that a site never
// wrote is no row; injixo then fills with zeros or leaves it empty, which it recommends. Statuses
// have a start only and last until the agent's next; each interval repeats the status that the
// agent brought into it, so a day can be imported again by itself. While logged off an agent has
// the activity of the setting loggedOff.
//
// Times are those of the feed's zone without an offset, so the hour that the autumn clock change
// repeats is summed unless the feed says otherwise.
//
// # Real time
//
// The preset agent-statuses makes bodies of the documented REST interface: one frame is one request. The host
// posts it with the bearer key to https://api.injixo.com/external-systems/agent-statuses. The
// activity is a text that injixo maps, so the CIC status key is sent unless the status map says otherwise. Not
// documented are limits, and whether endTime may be left out of a status that goes on: the setting
// spans chooses between the start alone, finished statuses, and both. injixo only registers an agent at the first
// request, and shows data after the mapping and another request; the setting refresh sends all statuses again.
//
// The preset socket is a direct feed of time, agent and status code. injixo's help centre names these
// three values and that only changes are carried; the form is ours. The original product sends one update
// per user without a workgroup, knows the queue-state levels off and minimal, and advises a master workgroup.
package injixo

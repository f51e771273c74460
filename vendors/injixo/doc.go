// Package injixo writes the historical files and real-time statuses of injixo, the cloud successor of
// InVision Enterprise WFM. It is a set of layout files for vendors/layout; there is no code of its own behind them.
//
// Its place in the flow:
//
//	wfm.Report ─▶ New(settings) ─▶ CSV files per interval or day ─▶ wfm/delivery
//	wfm.Report ─▶ New(settings) ─▶ bodies of contact-events ─▶ wfm/delivery/httppush
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
// # Single contacts
//
// The help centre shows two forms with a record per contact. They come from CIC's table InteractionSummary (CIC 4.0 and later), which
// names of each contact the last workgroup and agent only; interval statistics count each stay in a queue, so the sums of both
// differ. A site that has the choice is served well by intervals. Neither form is among the default ones.
//
//   - The preset contact-single is the CSV of one row per contact, contact-single-day the same in a file per calendar day. injixo sums the rows
//     into its intervals, and a new import replaces the intervals that it holds. So a file holds the finished contacts that began in
//     its interval, and is sent again as others end. A contact that ends later than the feed's look-back after its interval is missed.
//   - The preset contact-events makes bodies of the documented REST interface: one file is one body, of the contacts that ended
//     in the interval. The host posts it with httppush.NewTransport, with the bearer key, to
//     https://api.injixo.com/external-systems/contact-events. What a repeated contact does is not documented, so each is written once
//     and a later version of an interval is told and not sent; a body whose answer was lost is posted again, which httppush explains.
//
// In the configuration file of the service the second one is
//
//	destinations:
//	  - name: injixo
//	    kind: http
//	    url: https://api.injixo.com/external-systems/contact-events
//	    token: {file: secrets/injixo}
//	historical:
//	  - name: injixo-contacts
//	    vendor: injixo
//	    presets: [contact-events]
//	    workgroups: [Sales, Support]
//	    interval: 30m # not shorter than the rows of CIC
//	    zone: Europe/Berlin
//	    settings: {integrationConfigurationId: 1234}
//	    destinations: [injixo]
//
// A duration is made of tConnected, tHeld and tACW, which the setting durationOf can lessen: no public source says whether
// tHeld is inside tConnected, and the names are those of states that exclude each other. It is computed in milliseconds and rounded once, half up: to
// the second in the CSV, to a tenth in bodies. A contact that no agent took has the duration 0, as in the sample of the CSV; the sample of the
// interface has one with a duration, which the setting notHandled permits. A time that is NULL in the database follows the setting nullTimes.
//
// # What is not written
//
// The columns of Rostrvm's wide row, as said above. Of single contacts the queues and agents before the last ones, which
// InteractionSummary does not name.
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

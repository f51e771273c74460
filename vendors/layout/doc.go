// Package layout is record layouts as data: a WFM product's file, or the frames of its real-time feed,
// described in YAML, compiled once, written and read back.
//
// Its place in the flow:
//
//	wfm.Report ─▶ Historical (Codec per layout) ─▶ wfm.Artifact ─▶ wfm/delivery
//	wfm.StatusChange ─▶ a session of RealTime ─▶ wfm.Frames ─▶ wfm/delivery ─▶ a receiver's FrameReader
//
// An adapter is a set of such files ([NewEntry]); a site may replace them with its own through
// vendors.Settings.Layouts and vendors.RTASettings.Layout. [Parse] checks a file and reports every problem with file, line, field
// and remedy. [Layout.Bind] fills in a feed's settings and gives a [Codec], which writes
// ([Codec.Append]) and reads ([Codec.Decode]). [Historical] joins codecs to an encoder. [NewRealTime] does
// the same for a layout of frames.
//
// # A layout file
//
//	layout: call                 # name, the kind of its artifacts
//	version: 1                   # of this language
//	title: Call statistics
//	evidence: documented         # partly documented, site-defined (default)
//	default: true                # false: only feeds that name it use it
//	sources: [where the layout is documented]
//	site-defined: [what a site must confirm]
//	settings:                    # what is left to the site; used anywhere as {name}
//	  - {name: switch, example: "1", remark: number of the switch}           # required: no default
//	  - {name: bucket, default: "3", choices: ["1", "2", "3"], number: true, remark: …}
//	media: feed                  # default; or all, Call, [Call, Chat]; a section may differ
//	repeated-hour: sum           # two, refuse, distinct; default: sum where local times lack an offset
//	restatement: accepted        # or reported
//	file:
//	  name: "calls_{start:YYYYMMDD_HHmm}.csv"
//	  period: interval           # or day: the rows of all intervals of a calendar day in one file; see below
//	  when-empty: write          # title lines only; or omit
//	  encoding: UTF-8            # UTF-16LE, UTF-16BE, ISO-8859-1, ISO-8859-9, Windows-1252
//	  bom: false
//	  unmappable: replace        # characters that the encoding lacks become ?; or refuse
//	  line-end: LF               # or CRLF
//	rows:
//	  kind: delimited            # or fixed; then every column has a width; or json: see below
//	  delimiter: ";"             # TAB is a tab; of fixed columns: the blanks between them
//	  trailing-delimiter: false
//	  quoting: rfc4180           # quotes where a field needs them: the delimiter, a quote or a line end is in it; or none (default)
//	  unsafe: replace            # what cannot be written, such as a line break without quoting; or refuse
//	  unsafe-with: "_"
//	  formulas: keep             # replace, refuse: texts that a spreadsheet would take for a formula
//	  unsafe-blanks: false       # true: blanks in values are unsafe, for readers that split fixed columns at blanks
//	sections:
//	  - name: queues
//	    grain: queue             # agent, agent-by-queue, agent-and-queues, states, events, status-times, group-times, sign-ons, contacts-begun,
//	                             # contacts-ended
//	    if: {detail: [queues]}   # only where the setting has one of these values
//	    zero-rows: write         # omit: no activity in any column; omit-unseen: no row in the database
//	    sort: [start, -workgroup]  # or end, agent, media, status, group
//	    defaults: {missing: blank, undefined: blank, zero: write, overflow: refuse}
//	    head: [{text: "Date:{start:DD/MM/YYYY}"}, {columns: true, delimiter: " "}, {dashes: true}, {blank: true}]
//	    columns:
//	      - {name: Queue, value: workgroup, width: 50, overflow: shift}
//	      - {name: From, value: intervalStart, format: "YYYY-MM-DD HH:mm", zone: UTC}
//	      - {name: AHT, value: aht, unit: seconds, precision: 1, missing: -1, undefined: {text: "n/a"}}
//	      - {name: Talk, expr: tTalkAcd - tHoldAcd, unit: minutes}
//	      - {name: Channel, value: media, map: {Call: calls, Chat: chats}, map-else: refuse}
//	      - {name: Both, text: "{workgroup} {start:HH:mm}-{end:HH:mm}"}
//	      - {name: Short, value: workgroup, max: 24, overflow: cut}   # no padding
//	      - {name: Calls, title: "Calls taken", value: nAnsweredAcd, width: 6, align: right, pad: "0"}
//	    foot: [{text: "End"}]
//
// The title of a column, in a line of columns, is its name unless it says otherwise. In a width texts stand left and
// numbers right unless align says otherwise; what is missing is filled with pad, a blank or in numbers on the right
// also a 0. A number's unit is seconds, milliseconds, minutes, hours, percent or share, its decimal-mark a point or
// a comma. What is longer than width or max: overflow refuse (default), cut, shift.
//
// Each interval has rows of its own, also in a file of period day. A file with one row per workgroup or agent for the whole
// day is one of period interval, in a feed whose intervals are days: the host sums. Layouts of period day make a feed hand
// over whole days, and those of period interval that stand beside them in the feed are written once a day too; to
// have them as soon as an interval is closed, give them a feed of their own.
//
// Rows of agent-and-queues are those of agent, whose workgroup is empty, and those of agent-by-queue in one table;
// sort: [agent, workgroup] puts an agent's total before what the agent did per workgroup.
//
// Rows of sign-ons are the spans of being logged in to the client that reach into the 24 hours up to the end of the file, by
// agent and log-on, with their real times: signIn is blank where the log-on lies more than 48 hours back, signOut for an
// agent who is still on. See wfm.SignOn.
//
// Rows of contacts-begun and contacts-ended are single contacts, of the section's media: those that began in the interval of the row,
// or ended in it (wfm.Report.Begun and Ended, which say what that means for completeness). Begun suits products that replace
// intervals by the times that stand in them: a file is sent again as the contacts of its interval end. Ended suits products that add up:
// each contact is in one file. A contact has workgroup, agent (blank for none), media, handled (true or false), contactStart and
// contactEnd, whose fraction of a second is cut off except in unixms, contactId, contactSite and contactSeq, which together are its
// key, and the durations tIVRWait, tQueueWait, tAlert, tConnected, tHeld, tConference, tExternal and tACW. Durations are in milliseconds, as in
// CIC's InteractionSummary, and a column of one must say its unit; precision: 3 shows them whole, fewer decimals are rounded half up.
// In formulas they are whole numbers of milliseconds: (tConnected + tHeld) / 1000 is exact. A duration that is NULL follows the rule
// missing, or (tACW ?? 0) makes something of it.
//
// A column has exactly one of value, text and expr. A value is a CIC column (nEnteredAcd), a
// derived value (aht: the names of [wfm.DerivedValues]), or one of workgroup, agent, media,
// statusKey, statusGroup, loggedIn, carriedIn, event, intervalStart, intervalEnd, fileStart, fileEnd,
// stateStart, stateEnd, stateBegan, eventTime, signIn, signOut, signOutStatus, intervalSeconds, statusSeconds, and those of contacts, as
// the grain has them: Parse lists those of the grain where one is named that it has not.
// Rules are blank, zero, refuse, write (for zero), a number, or {text: …}; a number column must say
// what missing and undefined become, because no default suits every product.
//
// Patterns of dates and times are those of YYYY-MM-DD HH:mm:ss: YY, M, D, H, hh with tt for AM and
// PM, the offset as Z (+01:00, and Z for UTC), ZZ (+01:00) or ZZZ (+0100), 'text', unix, unixms; T, and what is no
// letter, stands for itself. Placeholders in names and lines are
// {start:PATTERN}, {end:PATTERN}, {start.utc:PATTERN}, {end.utc:PATTERN}, {kind}, {media}, in names
// {repeat}, in rows the texts of the grain. A setting may stand inside one: {start:{pattern}}, or { {which}:YYYYMMDD},
// whose blank keeps the braces apart. The end of an interval is shown with the offset before
// it, so that 02:00-03:00 stays that when the clock is put back at its end.
//
// # A file that is a JSON document
//
// Rows of kind json are objects whose keys are the names of the columns; a name with dots is a key inside
// an object. The layout has head and foot beside rows, and one section without lines of its own:
//
//	rows: {kind: json}
//	head: '{{"data":['
//	foot: '],"meta":{{"id":{id}}}}}'
//	sections:
//	  - grain: contacts-ended
//	    columns:
//	      - {name: properties.handled, value: handled, type: boolean}
//	      - {name: properties.duration, value: tConnected, unit: seconds, precision: 1, missing: blank}
//	      - {name: queueName, value: workgroup}
//
// The records stand between head and foot, parted by commas, all in one line without an end. Numbers are JSON numbers, everything else
// a string, unless type says string, number or boolean; a number that is blank is null. Values of settings are escaped in head and foot, names
// in strings, so no text breaks a document. [Codec.Decode] takes blanks around records, keys in any order and others beside
// them; head and foot it takes as they are written.
//
// # A layout of frames
//
// A file with module: rta describes one real-time feed. Name, title, evidence, sources, settings and
// columns are as above; the rest is its own:
//
//	layout: event
//	version: 1
//	module: rta
//	default: true                # of the real-time presets of an adapter, one is the default
//	traits:
//	  fan-out: workgroup         # a message per workgroup of the agent; or user (default): one
//	  workgroup-field: handled   # or member; see below
//	  update-frequency: 0s       # time between batches; 0s sends each change at once
//	  refresh: 0s                # time between snapshots on one connection
//	  heartbeat: 0s              # silence after which a heartbeat is sent
//	  snapshot: true             # false: a connection begins without one
//	  levels: [off, minimal, verbose]
//	  master-workgroup: false    # the product wants one workgroup that holds all agents
//	agent: {identify: user, max: 128, too-long: reject, case: keep}
//	                             # extension, mapped; truncate; lower, upper
//	extension: {max: 6, too-long: blank}   # truncate; reject (default)
//	codes:                       # the ready status map, behind that of the feed
//	  numeric: true              # codes must be whole numbers; numeric-reason: the same of reasons
//	  statuses: {At Lunch: {code: "5", reason: "2"}}
//	  groups: {Breaks: "5"}
//	  activities: {available: "1", acd talk: "2"}
//	  unmapped: reject           # code (that of default), skip, status-key
//	  default: "9"               # with status-key: the code of logged off
//	events: {snapshot: change, entered: change, left: log-off, regrouped: none, heartbeat: health}
//	frame:
//	  encoding: UTF-8            # as of files
//	  unmappable: replace
//	  framing: terminator        # length-prefix, none
//	  terminator: LF             # CRLF, CR, NUL, ETX …: names of control characters, parted by blanks
//	  length: {bytes: 2, order: big, counts: payload}   # 4; little; all
//	  batch: separate            # lines, document
//	  max: 65536                 # bytes
//	rows: {kind: delimited, delimiter: "|"}   # fixed; json
//	head: "__{now:unix}__"       # of a batch
//	foot: "END"
//	records:
//	  - name: status
//	    when: [snapshot, entered, change, log-on, log-off, left, regrouped]
//	    if: {spans: [running, both]}   # only where the setting has one of these values
//	    columns:
//	      - {name: Type, value: event, map: {change: "28", …}}
//	      - {name: Agent, value: agent}
//	      - {name: Reason, value: reason, only: {code: ["5"]}, max: 24, overflow: cut}
//	      - {name: Seconds, value: secondsInState, width: 5, overflow: nines}
//	      - {name: Empty, text: ""}
//	  - {name: health, when: [normal, unavailable, shutdown, heartbeat], columns: […]}
//
// Columns of agents have the values event, agent (the identifier), user (the CIC user id), extension,
// workgroup, memberWorkgroup, code, reason, reasonOrStatus (the reason, else the status key),
// statusKey, statusGroup, statusText, activity, loggedIn, server, changeTime (when the state began; when an
// agent left: now), now, secondsInState (never negative), merged, sequence (of the record on its connection, from 1), and of
// the state before, beforeCode, beforeReason, beforeTime and untilTime. Records about the feed have event,
// now, changeTime and sequence. Placeholders are the texts and {now:PATTERN}, {changeTime:PATTERN} and so on. A map has
// map-else: refuse unless it says otherwise. only blanks a text column unless the sources that it names hold one of
// the texts. overflow: nines writes a number that is too wide as the largest that fits.
//
// Rows of kind json are objects as in files.
//
// # Which events make which records
//
// An event makes every record that names it in when, in the order of the layout; one that no record
// names makes nothing, which is no error. events tells an event as another one, so that records need
// not name it: log-on of an agent who is not logged in becomes change; left as log-off is the state
// logged off, now, for agents who were logged in, and nothing for others; none is never told. A
// change that lies across a log-off and a log-on, because a slow receiver made several into one, is a plain
// change. An agent without a workgroup is not in adherence and not in snapshots. heartbeat as health tells the health of
// the feed that was told last, by its record. What may be told as what: snapshot and entered as change or log-on,
// entered also as snapshot, left as change or log-off, log-on, log-off and regrouped as change.
//
// Under fan-out workgroup a change makes one record per workgroup of the agent. The column workgroup
// is filled in the record of the workgroup whose interaction the agent handles and empty in the
// others; where that is none of the feed's workgroups, it is empty in all. workgroup-field: member
// fills it in each. regrouped makes records for new workgroups only, or for all where a layout that shows extensions has
// another one to tell; workgroups that an agent left while keeping others make none. Under fan-out user workgroup is
// that of the interaction.
//
// Where the extension identifies agents, a change of it is told as one agent who left, by the old extension, and one
// who entered, by the new.
//
// An agent who cannot be written (no code, an identifier that is missing, too long or, as it is written, that
// of another agent on the connection, a text that the format refuses) is a *vendors.Skipped; the frames of all others
// are whole. Identifiers are compared after they were cut and characters in them replaced: the agent that comes second is
// left out until the first has left.
//
// Codes must arrive as they are: a feed whose map has one in which a character would be replaced, or that is too long for a
// column that does not cut, is refused. Agents who are logged off need a code of their own (see vendors.StatusMap).
//
// # Framing and batches
//
// The framing is around each record (batch: separate, a frame each), around each line of a batch
// (lines: a frame holds head, records and foot, each framed), or around the whole (document: rows of
// kind json between head and foot, parted by commas). framing: none is for rows of one length and for JSON, which
// shows its own end. A control character never gets into a record, so none is taken for a terminator; head
// and foot may hold some, as {ctl:STX}. max limits a frame, as does a length of two bytes: batches are split, longer
// records skipped, and a reader that meets a longer one gives the connection up.
//
// A reader takes bytes as they come. A line is a head, a foot, or the first record of the layout
// whose columns all fit: number of columns, times, numbers, constant texts, values of maps. Where several events have one
// text the first of change, log-on, log-off, snapshot, entered, left, regrouped is meant.
//
// # Proving a layout
//
// [Compare] holds a sample of a site's own product against a layout and says record by record what does not fit, [Propose]
// looks for the smallest change that makes it fit. [Schema] is the JSON schema of layout files for editors, and [Functions] lists
// the functions of formulas.
//
// # Exactness
//
// Counters and derived values are quotients of integers until they are written, scaled to the
// column's unit and precision and rounded once, half up. Formulas of integers with + - * and one
// quotient at the top are exact as well, and an overflow is an error. In any other formula a
// division gives a float64, whose exact value is then rounded half up at the column's precision;
// integers in it wrap at 64 bits. A missing or undefined value in a formula makes the column missing
// or undefined; in formulas of integers a ?? b is b where a is missing. Of a choice by a setting (bucket >= 2 ? a : b), and in formulas of
// integers by a text (workgroup == "x" ? a : b) or a flag (handled ? a : b), only the branch that is taken counts. Formulas have the operators + - * / % and comparisons, ?: and functions that depend
// on their arguments alone.
//
// # Hostile names
//
// Names from CIC are free text. With quoting they are quoted as RFC 4180 says, line breaks included;
// other control characters, and without quoting every control character, line separator and
// delimiter, are replaced or refused. Widths count characters (code points) and are applied before
// quoting. So no name breaks a record. Two names that differ only in replaced characters look
// alike: refuse where that matters. A name that begins with = + - or @ stays as it is, because the
// product must find it; where files are opened in a spreadsheet, rows.formulas replaces that character by
// unsafe-with, or refuses the name.
//
// # The repeated hour
//
// Under the policy sum the host sums the two intervals of one wall-clock time, and a second one that
// was not summed is an error. Under two the second gets a name of its own: {repeat} in the template
// becomes _2, or _2 is put before the extension. A second interval is one whose start repeats the
// start of an earlier interval; the short interval that a clock change of half an hour leaves behind
// in a feed of whole hours is none.
package layout

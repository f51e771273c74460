// Package layout is record layouts as data: a WFM product's file described in YAML, compiled once,
// written from reports and read back.
//
// Its place in the flow:
//
//	wfm.Report ─▶ Historical (Codec per layout) ─▶ wfm.Artifact ─▶ wfm/delivery
//
// An adapter is a set of such files ([NewEntry]); a site may replace them with its own through
// vendors.Settings.Layouts. [Parse] checks a file and reports every problem with file, line, field
// and remedy. [Layout.Bind] fills in a feed's settings and gives a [Codec], which writes
// ([Codec.Append]) and reads ([Codec.Decode]). [Historical] joins codecs to an encoder.
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
//	  period: interval           # or day: one file per calendar day
//	  when-empty: write          # title lines only; or omit
//	  encoding: UTF-8            # UTF-16LE, ISO-8859-1, ISO-8859-9, Windows-1252
//	  bom: false
//	  unmappable: replace        # characters that the encoding lacks become ?; or refuse
//	  line-end: LF               # or CRLF
//	rows:
//	  kind: delimited            # or fixed; then every column has a width
//	  delimiter: ";"             # of fixed columns: the blanks between them
//	  trailing-delimiter: false
//	  quoting: rfc4180           # or none (default)
//	  unsafe: replace            # what cannot be written, such as a line break without quoting; or refuse
//	  unsafe-with: "_"
//	sections:
//	  - name: queues
//	    grain: queue             # agent, agent-by-queue, states, events, status-times, group-times
//	    zero-rows: write         # omit: no activity in any column; omit-unseen: no row in the database
//	    sort: [start, -workgroup]
//	    defaults: {missing: blank, undefined: blank, zero: write, overflow: refuse}
//	    head: [{text: "Date:{start:DD/MM/YYYY}"}, {columns: true, delimiter: " "}, {dashes: true}, {blank: true}]
//	    columns:
//	      - {name: Queue, value: workgroup, width: 50, overflow: shift}
//	      - {name: From, value: intervalStart, format: "YYYY-MM-DD HH:mm", zone: UTC}
//	      - {name: AHT, value: aht, unit: seconds, precision: 1, missing: -1, undefined: {text: "n/a"}}
//	      - {name: Talk, expr: tTalkAcd - tHoldAcd, unit: minutes}
//	      - {name: Channel, value: media, map: {Call: calls, Chat: chats}, map-else: refuse}
//	      - {name: Both, text: "{workgroup} {start:HH:mm}-{end:HH:mm}"}
//	    foot: [{text: "End"}]
//
// A column has exactly one of value, text and expr. A value is a CIC column (nEnteredAcd), a
// derived value (aht: the names of [wfm.DerivedValues]), or one of workgroup, agent, media,
// statusKey, statusGroup, loggedIn, carriedIn, event, intervalStart, intervalEnd, fileStart, fileEnd,
// stateStart, stateEnd, stateBegan, eventTime, intervalSeconds, statusSeconds, as the grain has them.
// Rules are blank, zero, refuse, write (for zero), a number, or {text: …}; a number column must say
// what missing and undefined become, because no default suits every product.
//
// Patterns of dates and times are those of YYYY-MM-DD HH:mm:ss: YY, M, D, H, hh with tt for AM and
// PM, Z ZZ ZZZ for the offset, 'text', unix, unixms. Placeholders in names and lines are
// {start:PATTERN}, {end:PATTERN}, {start.utc:PATTERN}, {end.utc:PATTERN}, {kind}, {media}, in names
// {repeat}, in rows the texts of the grain. The end of an interval is shown with the offset before
// it, so that 02:00-03:00 stays that when the clock is put back at its end.
//
// # Exactness
//
// Counters and derived values are quotients of integers until they are written, scaled to the
// column's unit and precision and rounded once, half up. Formulas of integers with + - * and one
// quotient at the top are exact as well, and an overflow is an error. In any other formula a
// division gives a float64, whose exact value is then rounded half up at the column's precision;
// integers in it wrap at 64 bits. A missing or undefined value in a formula makes the column missing
// or undefined. Formulas have the operators + - * / % and comparisons, ?: and functions that depend
// on their arguments alone.
//
// # Hostile names
//
// Names from CIC are free text. With quoting they are quoted as RFC 4180 says, line breaks included;
// other control characters, and without quoting every control character, line separator and
// delimiter, are replaced or refused. Widths count characters (code points) and are applied before
// quoting. So no name breaks a record. Two names that differ only in replaced characters look
// alike: refuse where that matters.
//
// # The repeated hour
//
// Under the policy sum the host sums the two intervals of one wall-clock time, and a second one that
// was not summed is an error. Under two the second gets a name of its own: {repeat} in the template
// becomes _2, or _2 is put before the extension. A second interval is one whose start repeats the
// start of an earlier interval; the short interval that a clock change of half an hour leaves behind
// in a feed of whole hours is none.
package layout

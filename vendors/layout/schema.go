package layout

import (
	"encoding/json"
	"maps"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// Schema returns a JSON schema (draft 2020-12) of layout files, of both modules, for editors that complete and check YAML. It
// knows keys, choices and types. What hangs together with other parts of a layout (a delimiter inside a format, a value
// that the grain does not have) only [Parse] checks. Wherever a value stands a setting may stand instead, as {name}.
func Schema() []byte {
	b, err := json.MarshalIndent(schema(), "", "  ")
	if err != nil {
		panic(err) // maps, slices and texts only
	}
	return append(b, '\n')
}

type schemaPart = map[string]any

func schema() schemaPart {
	return schemaPart{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"title":   "Layout of a WFM product's files or real-time frames",
		"type":    "object",
		"if":      schemaPart{"properties": schemaPart{"module": schemaPart{"const": moduleRealTime}}, "required": []string{"module"}},
		"then":    schemaPart{"$ref": "#/$defs/rta"},
		"else":    schemaPart{"$ref": "#/$defs/historical"},
		"$defs": schemaPart{
			"setting":    schemaPart{"description": "a setting in braces", "type": "string", "pattern": `\{[A-Za-z][A-Za-z0-9]*\}`},
			"historical": schemaHistorical(),
			"rta":        schemaRealTime(),
			"column":     schemaColumn(),
			"line":       schemaLine(),
			"rule": schemaPart{"description": "what is written instead: blank, zero, refuse, write, a number or a text", "anyOf": []any{
				schemaPart{"enum": []string{"blank", "zero", "refuse", "write"}}, schemaPart{"type": "number"},
				schemaPart{"type": "string", "pattern": "^[-.,0-9]+$"}, schemaSetting(),
				schemaObject("a text", schemaPart{"text": schemaText("the text")}, "text")}},
			"code": schemaPart{"description": "a code, or code and reason", "anyOf": []any{schemaScalar(), schemaObject("code and reason",
				schemaPart{"code": schemaText("the code"), "reason": schemaText("the reason")}, "code")}},
		},
	}
}

func schemaObject(about string, properties schemaPart, required ...string) schemaPart {
	s := schemaPart{"type": "object", "description": about, "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

func schemaSetting() schemaPart { return schemaPart{"$ref": "#/$defs/setting"} }

func schemaScalar() schemaPart {
	return schemaPart{"type": []string{"string", "number", "boolean", "null"}}
}

func schemaText(about string) schemaPart {
	s := schemaScalar()
	s["description"] = about
	return s
}

func schemaTexts(about string) schemaPart {
	return schemaPart{"type": "array", "items": schemaScalar(), "description": about}
}

func schemaChoice[T ~string](about string, words ...T) schemaPart {
	return schemaPart{"description": about, "anyOf": []any{schemaPart{"enum": words}, schemaSetting()}}
}

func schemaBool(about string) schemaPart {
	return schemaPart{"description": about, "anyOf": []any{schemaPart{"type": "boolean"}, schemaSetting()}}
}

func schemaInteger(about string, least, most int) schemaPart {
	return schemaPart{"description": about, "anyOf": []any{schemaPart{"type": "integer", "minimum": least, "maximum": most},
		schemaPart{"type": "string", "pattern": "^[0-9]+$"}, schemaSetting()}}
}

func schemaList(about, of string) schemaPart {
	return schemaPart{"type": "array", "description": about, "items": schemaPart{"$ref": "#/$defs/" + of}}
}

func schemaRef(about, of string) schemaPart {
	return schemaPart{"description": about, "$ref": "#/$defs/" + of}
}

// schemaPairs is a mapping with free keys.
func schemaPairs(about string, value any) schemaPart {
	return schemaPart{"type": "object", "description": about, "additionalProperties": value}
}

func schemaCommon() schemaPart {
	return schemaPart{
		"layout":       schemaPart{"type": "string", "pattern": "^[a-z0-9-]+$", "description": "name, the kind of its artifacts"},
		"version":      schemaPart{"enum": []any{formatVersion, "1"}, "description": "version of the layout language"},
		"module":       schemaPart{"enum": []string{moduleHistorical, moduleRealTime}, "description": "files, or frames of a real-time feed"},
		"title":        schemaText("what the layout is"),
		"evidence":     schemaChoice("how well the layout is known", vendors.Documented, vendors.PartlyDocumented, vendors.SiteDefined),
		"default":      schemaBool("false: only feeds that name the layout use it"),
		"sources":      schemaTexts("where the layout is documented"),
		"site-defined": schemaTexts("what a site must confirm"),
		"settings": schemaPart{"type": "array", "description": "what is left to the site; used anywhere as {name}", "items": schemaObject("a setting", schemaPart{
			"name":    schemaPart{"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9]*$"},
			"default": schemaText("the value where the feed gives none; without one the feed must give it"),
			"example": schemaText("stands in for the value of a required setting when the layout is checked"),
			"remark":  schemaText("what the setting means and why its default is what it is"),
			"number":  schemaBool("the value is a whole number, also in expressions"),
			"choices": schemaTexts("the values that are allowed"),
		}, "name", "remark")},
	}
}

func schemaWith(properties schemaPart) schemaPart {
	all := schemaCommon()
	maps.Copy(all, properties)
	return all
}

func schemaMedia() schemaPart {
	return schemaPart{"description": "feed (default), all, a CIC media type such as Call, or a list", "anyOf": []any{schemaScalar(), schemaTexts("several media")}}
}

func schemaRows(kinds ...string) schemaPart {
	return schemaObject("how rows are written", schemaPart{
		"kind":               schemaChoice("the kind of the rows", kinds...),
		"delimiter":          schemaText("what parts columns; TAB is a tab; of fixed columns the blanks between them"),
		"trailing-delimiter": schemaBool("rows end in the delimiter"),
		"quoting":            schemaChoice("how fields that hold the delimiter are written", "none", "rfc4180"),
		"unsafe":             schemaChoice("what becomes of characters that cannot be written", replace, refuse),
		"unsafe-with":        schemaText("what stands in for such a character"),
		"formulas":           schemaChoice("what becomes of the first character of a text that a spreadsheet would take for a formula", keep, replace, refuse),
		"unsafe-blanks":      schemaBool("true: blanks in values are unsafe, for readers that split fixed columns at blanks"),
	}, "kind")
}

func schemaHistorical() schemaPart {
	return schemaObject("a layout of files", schemaWith(schemaPart{
		"media":         schemaMedia(),
		"repeated-hour": schemaChoice("what happens in the hour that the autumn clock change repeats", vendors.RepeatSum, vendors.RepeatTwo, vendors.RepeatRefuse, vendors.RepeatDistinct),
		"restatement":   schemaChoice("what the product does with a second version of an interval", vendors.Restates, vendors.Reports),
		"file": schemaObject("the file", schemaPart{
			"name":       schemaText("template of the name, such as calls_{start:YYYYMMDD_HHmm}.csv"),
			"period":     schemaChoice("one file per interval or calendar day", "interval", "day"),
			"when-empty": schemaChoice("a file without rows: title lines only, or none", writeEmpty, omitEmpty),
			"encoding":   schemaChoice("encoding", encodingNames()...),
			"bom":        schemaBool("begin with a byte-order mark"),
			"unmappable": schemaChoice("characters that the encoding lacks become ?, or are refused", replace, refuse),
			"line-end":   schemaChoice("line end", "LF", "CRLF"),
		}, "name"),
		"rows":     schemaRows("delimited", "fixed", "json"),
		"head":     schemaText("template of what stands before the records of a JSON document"),
		"foot":     schemaText("template of what stands behind them"),
		"sections": schemaPart{"type": "array", "description": "the tables of the file, in order", "items": schemaSection()},
	}), "layout", "version", "file", "rows", "sections")
}

func schemaSection() schemaPart {
	return schemaObject("a table", schemaPart{
		"name": schemaText("name of the section"),
		"if":   schemaPairs("settings, each with the values under which the section exists", schemaTexts("the values")),
		"grain": schemaChoice("what a row is about", grainQueue, grainAgent, grainAgentQueue, grainAgentBoth, grainStates, grainEvents,
			grainStatus, grainGroup, grainSignOns, grainBegun, grainEnded),
		"media":     schemaMedia(),
		"zero-rows": schemaChoice("which rows without activity are written", writeZeroRows, omitZeroRows, omitUnseenRows),
		"sort":      schemaTexts("start, end, workgroup, agent, media, status, group; with - for descending"),
		"defaults": schemaObject("what columns do unless they say otherwise", schemaPart{
			"zero":         schemaRef("for zero", "rule"),
			"undefined":    schemaRef("where a denominator is zero", "rule"),
			"missing":      schemaRef("where the database lacks a value", "rule"),
			"overflow":     schemaChoice("what is wider than its column", overflowRefuse, overflowCut, overflowShift),
			"zone":         schemaChoice("time zone of times", feedZone, utcZone),
			"decimal-mark": schemaChoice("decimal mark", ".", ","),
		}),
		"head":    schemaList("lines before the rows", "line"),
		"columns": schemaList("the columns, in order", "column"),
		"foot":    schemaList("lines behind the rows", "line"),
	}, "grain", "columns")
}

func schemaLine() schemaPart {
	return schemaObject("a line before or behind the rows: one of text, columns, dashes, blank", schemaPart{
		"text":               schemaText("template, such as Date:{start:DD/MM/YYYY}"),
		"columns":            schemaBool("the titles of the columns"),
		"dashes":             schemaBool("dashes as wide as the columns"),
		"blank":              schemaBool("an empty line"),
		"delimiter":          schemaText("what parts the titles, where that differs from the rows"),
		"trailing-delimiter": schemaBool("the line of titles ends in the delimiter"),
	})
}

func schemaColumn() schemaPart {
	return schemaObject("a column: exactly one of value, text, expr", schemaPart{
		"name":         schemaText("name of the column"),
		"title":        schemaText("its title, where that is not the name"),
		"value":        schemaText("a CIC column such as nEnteredAcd, a derived value such as aht, or workgroup, agent, intervalStart …"),
		"text":         schemaText("template, such as {workgroup} {start:HH:mm}"),
		"expr":         schemaText("formula, such as tTalkAcd - tHoldAcd"),
		"format":       schemaText("pattern of a time, such as YYYY-MM-DD HH:mm"),
		"zone":         schemaChoice("time zone of a time", feedZone, utcZone),
		"unit":         schemaChoice("unit of a number", unitSeconds, unitMilliseconds, unitMinutes, unitHours, unitShare, unitPercent),
		"precision":    schemaInteger("decimals", 0, 9),
		"decimal-mark": schemaChoice("decimal mark", ".", ","),
		"zero":         schemaRef("for zero", "rule"),
		"undefined":    schemaRef("where a denominator is zero", "rule"),
		"missing":      schemaRef("where the database lacks a value", "rule"),
		"map":          schemaPairs("what texts become", schemaScalar()),
		"map-else":     schemaRef("for texts that the map does not have", "rule"),
		"width":        schemaInteger("characters of a fixed column", 1, 4096),
		"align":        schemaChoice("where the value stands in its width", "left", "right"),
		"pad":          schemaText("what fills the width: a blank, or 0 on the left of numbers"),
		"max":          schemaInteger("most characters, without padding", 1, 4096),
		"overflow":     schemaChoice("what is too long", overflowRefuse, overflowCut, overflowShift, overflowNines),
		"only":         schemaPairs("texts of sources with which the column is not blank", schemaTexts("the texts")),
		"type":         schemaChoice("how the value is written in JSON", jsonString, jsonNumber, jsonBoolean),
	}, "name")
}

func schemaRealTime() schemaPart {
	events := schemaPart{}
	for event := range tellable() {
		events[event] = schemaChoice("what the event is told as", append(tellable()[event], event)...)
	}
	limit := func(about string, words ...tooLong) schemaPart {
		return schemaPart{"max": schemaInteger("most characters of "+about, 1, 4096), "too-long": schemaChoice("what becomes of a longer one", words...)}
	}
	agent := limit("the identifier", longReject, longTruncate)
	agent["identify"] = schemaChoice("what stands for an agent", vendors.IdentifyUser, vendors.IdentifyExtension, vendors.IdentifyMapped)
	agent["case"] = schemaChoice("letter case of the identifier", caseKeep, caseLower, caseUpper)
	code := schemaPart{"$ref": "#/$defs/code"}
	return schemaObject("a layout of frames", schemaWith(schemaPart{
		"traits": schemaObject("how the feed is run", schemaPart{
			"fan-out":          schemaChoice("a message per change, or one per workgroup", vendors.PerUser, vendors.PerWorkgroup),
			"workgroup-field":  schemaChoice("the workgroup shown: the one handled, or that of the message", "handled", "member"),
			"update-frequency": schemaText("time between batches, such as 10s; 0s sends at once"),
			"refresh":          schemaText("time between snapshots; 0s for none but the first"),
			"heartbeat":        schemaText("silence after which a heartbeat is sent; 0s for none"),
			"snapshot":         schemaBool("false: a connection begins without one"),
			"master-workgroup": schemaBool("the product wants one workgroup that holds all agents"),
			"levels": schemaPart{"type": "array", "description": "queue-state levels that the product permits",
				"items": schemaChoice("a level", wfm.LevelOff.String(), wfm.LevelMinimal.String(), wfm.LevelVerbose.String())},
		}),
		"agent":     schemaObject("the agent's identifier", agent),
		"extension": schemaObject("the agent's extension", limit("the extension", longReject, longTruncate, longBlank), "max"),
		"codes": schemaObject("the ready status map, behind that of the feed", schemaPart{
			"numeric":        schemaBool("codes must be whole numbers"),
			"numeric-reason": schemaBool("reasons must be whole numbers"),
			"unmapped":       schemaChoice("statuses without a code", vendors.RejectUnmapped, vendors.UseDefault, vendors.SkipUnmapped, vendors.UseKey),
			"default":        schemaRef("the code of statuses without one; with status-key that of logged off", "code"),
			"statuses":       schemaPairs("codes by status key", code),
			"groups":         schemaPairs("codes by status group", code),
			"activities":     schemaPairs("codes by activity, such as available, acd talk, logged off", code),
		}),
		"events": schemaObject("events that are told as others", events),
		"frame": schemaObject("the frame around records", schemaPart{
			"encoding":   schemaChoice("encoding", encodingNames()...),
			"unmappable": schemaChoice("characters that the encoding lacks become ?, or are refused", replace, refuse),
			"framing":    schemaChoice("how a frame ends", framingTerminator, framingLength, framingNone),
			"terminator": schemaText("names of control characters, such as LF, CRLF or ETX"),
			"length": schemaObject("how the length is written", schemaPart{
				"bytes":  schemaInteger("2 or 4", 2, 4),
				"order":  schemaChoice("byte order", "big", "little"),
				"counts": schemaChoice("what the length counts", "payload", "all"),
			}, "bytes"),
			"batch": schemaChoice("a frame per record, or per batch", batchSeparate, batchLines, batchDocument),
			"max":   schemaInteger("most bytes of a frame", 64, 1<<24),
		}, "framing"),
		"rows": schemaRows("delimited", "fixed", "json"),
		"head": schemaText("template of the line before a batch"),
		"foot": schemaText("template of the line behind a batch"),
		"records": schemaPart{"type": "array", "description": "the kinds of records, in order", "items": schemaObject("a kind of record", schemaPart{
			"name": schemaText("name of the record"),
			"when": schemaPart{"type": "array", "description": "the events that make the record",
				"items": schemaChoice("an event", append(agentEvents(), feedEvents()...)...)},
			"if":      schemaPairs("settings, each with the values under which the record exists", schemaTexts("the values")),
			"columns": schemaList("the columns, in order", "column"),
		}, "name", "when", "columns")},
	}), "layout", "version", "module", "frame", "rows", "records")
}

// Package pipkins writes real-time messages for Pipkins Vantage Point. It is a set of layout files for
// vendors/layout; there is no code of its own behind them. There are no historical files: the original product serves
// Pipkins in real time alone, and a historical feed for it is refused.
//
// Its place in the flow:
//
//	wfm.StatusChange ─▶ NewRealTime(settings).NewSession() ─▶ wfm.Frames ─▶ wfm/delivery
//
// # What is documented
//
// The PureConnect WFM manual names Pipkins as served by real-time adherence, and no more. Another vendor's
// documentation (RingCX) names a feed of its own for Pipkins, without its form. Vantage Point maps states to its
// events on its side, where an unmapped state becomes Unknown and logged off is a state of its own (inferred).
//
// # What is site-defined
//
// Everything: transport, fields, framing, codes, fan-out, queue-state levels. The presets are a start to edit, not
// Pipkins's own format: status (default) is delimited, status-fixed of fixed width, and the feed's status map must
// have the codes; status-avaya has the state numbers of Avaya's call servers ready, which many receivers were
// built for. One message is sent per user and change, without a workgroup; all queue-state levels are permitted;
// whether a master workgroup is wanted is a setting. The library dials or listens, whichever the product expects.
package pipkins

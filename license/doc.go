// Package license says which CIC servers may feed which module.
//
// Its place in the flow: before it. The host asks the [Gate] before it reads a server and again while
// it runs; nothing of a server that is not licensed is read or sent.
//
//	CIC server's feature list ─ FeatureReader ─▶ Gate ─ Result ─▶ integration, status page
//
// # The rules
//
// The WFM Integration is licensed per CIC server and per module, by features in the server's own
// licence; either module runs without the other's. A switchover pair is one server. Everything can be
// configured without a licence. A module starts only if at least one of its servers is licensed;
// the unlicensed ones stay configured, are shown with the reason, and take no part.
//
// The feature of the historical module is [FeatureHistorical]. That of the real-time module is not
// published: it is a setting without a default, and where it is missing the error lists the
// features that the servers do have, so that an administrator can pick it.
//
// A server whose features could not be read is Unknown: not the same as NotLicensed, since the
// remedy is another one, but its data is not read either.
package license

// Package rta is the room of real-time adherence: every change of an agent's status as it happens.
// It is empty in this version; the historical side of the library does not need it.
//
// Its place in the flow will be:
//
//	CIC server (ICWS) ─▶ rta/icws ─ events ─▶ rta.Stream ─▶ a vendor's session ─ frames ─▶ wfm/delivery
package rta

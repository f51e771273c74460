// Package httppush carries a real-time feed to web services: each frame is the body of one POST.
//
// Its place in the flow:
//
//	vendor session ─ wfm.Frames ─▶ httppush (a delivery.Links) ─▶ the WFM product's REST interface
//
// A destination's handler is called once and has its link as long as the service runs; it is called
// again only after an error.
//
// # One body
//
// Send returns when the service has answered every body of the run with a status from 200 to 299, one after
// another. Timeouts, lost connections and the answers 408, 425, 429, 500, 502, 503, 504 and others
// from 500 on are tried again with the same bytes: after Retry-After, where the answer has one, or a random time below a
// ceiling that doubles, until Options.SendTimeout has passed. So a body may arrive twice, which does no harm to what
// says how things are at a time. Options.IdempotencyKey adds a header that is the same for all attempts of a body, for services that know it.
//
// Every other answer is final for its body: Send fails at once with what the service said, quoted and cut, and
// what to do. The next attempt then follows at the longest wait, with a new snapshot.
//
// # Security
//
// https is required, except to loopback and with Options.AllowHTTP. TLS is version 1.2 or newer and always
// verifies. Redirects are not followed, so that the token goes nowhere else. The token, and the
// query of the address, stand in no error and no log, also where a service sends them back. Answers
// are read up to 64 kB.
package httppush

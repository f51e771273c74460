// Package httppush carries feeds to web services: each frame of a real-time feed, or each finished file, is the body of
// one POST.
//
// Its place in the flow:
//
//	vendor session ─ wfm.Frames ─▶ httppush.Pusher (a delivery.Links) ─▶ the WFM product's REST interface
//	ledger.Begin ─ wfm.Artifact ─▶ httppush.Transport (a delivery.Transport) ─▶ the same
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
// # Finished files
//
// A [Transport] posts the bytes of a file, unchanged, in one attempt for each call; the host tries again. It is for
// interfaces such as injixo's contact-events (https://api.injixo.com/external-systems/contact-events), whose limits and
// error bodies are not documented: MaxBody is a guess that a site can change.
//
// The guarantee is weaker than that of files: whether an attempt that got no answer was taken cannot be asked, so it
// is posted again. That is at least once, and exactly once only where the service honours the header Idempotency-Key:
// it is a digest of kind, interval, part, revision, name and content, so it is the same for every attempt of one
// file, also after a restart and from another instance, and another one for each restatement. Whether injixo honours
// it is not documented; its CSV importer replaces the intervals that it has.
// What "all or nothing" means is the service's affair: a body that is cut off is shorter than its Content-Length, which
// it must refuse.
//
// # Security
//
// https is required, except to loopback and with Options.AllowHTTP. TLS is version 1.2 or newer and always
// verifies. Redirects are not followed, so that the token goes nowhere else. The token, and the
// query of the address, stand in no error and no log, also where a service sends them back. Answers
// are read up to 64 kB.
package httppush

// Package links holds what the links of real-time feeds have in common: the life of one link
// ([Scope]), the loop that keeps one alive ([Backoff.Keep]), certificates from files ([TLSFiles]) and
// the words for what goes wrong in a network ([Fault]).
//
// Its place: below tcplink, udplink and httppush, above wfm. It knows no vendor and no frame.
package links

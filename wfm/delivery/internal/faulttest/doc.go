// Package faulttest holds tests alone: what becomes of deliveries to real servers when the network fails at each step, or
// this process is killed at each.
//
// Its place in the flow, that of the engine with something in the way:
//
//	ledger.Begin ─▶ Probe, Deliver of ftpdrop, sftpdrop, smbdrop ─▶ faultnet.Proxy ─▶ a real server ─▶ ledger.Commit
//
// The tests count the steps of an undisturbed run and then fail at each of them, in each way (faultnet.Fault), or kill
// the process. Afterwards every expected file must be there once, byte-identical; the server's folder is watched from
// outside meanwhile (inotify), so that nothing partial stands under a final name at any moment.
//
// They need the servers that package realservers starts, and Linux. Without more they try a sample of the steps, in a
// short run a smaller one; with CICWFM_TEST_FAULTS=all they try every step, which takes some minutes. The totals are in
// the log of the tests (go test -v).
package faulttest

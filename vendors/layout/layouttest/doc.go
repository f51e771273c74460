// Package layouttest runs golden cases of adapters that are made of layouts. A case is a folder:
// adding one needs no Go.
//
//	testdata/<case>/case.yaml     settings of the feed, the reports, and what is expected beside files
//	testdata/<case>/layouts/      layout files of the site, where the case is about them
//	testdata/<case>/expected/     the files, byte for byte, under their names
//
// Cases of real-time feeds have names that begin with rta-; [RunRealTime] runs them:
//
//	testdata/rta-<case>/case.yaml  settings of the feed, the calls of one session, and which agents are skipped
//	testdata/rta-<case>/layouts/   the layout file of the site, where the case is about one
//	testdata/rta-<case>/expected/  a file per frame, byte for byte, and decoded.txt: what a reader understands
//
// Published samples are folders as well; [RunSamples] reads them.
//
// Beside comparing bytes, [Run] reads every file back, writes it again and compares, so that each
// case also proves that its layout decodes what it encodes. With the environment variable
// UPDATE_GOLDEN=1 the expected files are written instead of compared: look at the difference before
// committing it.
package layouttest

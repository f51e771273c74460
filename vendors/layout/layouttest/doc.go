// Package layouttest runs golden cases of adapters that are made of layouts. A case is a folder:
// adding one needs no Go.
//
//	testdata/<case>/case.yaml     settings of the feed, the reports, and what is expected beside files
//	testdata/<case>/layouts/      layout files of the site, where the case is about them
//	testdata/<case>/expected/     the files, byte for byte, under their names
//
// Beside comparing bytes, [Run] reads every file back, writes it again and compares, so that each
// case also proves that its layout decodes what it encodes. With the environment variable
// UPDATE_GOLDEN=1 the expected files are written instead of compared: look at the difference before
// committing it.
package layouttest

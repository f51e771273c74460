// Package config makes one YAML file into an integration, and back.
//
// Its place in the flow: before all of it.
//
//	file ─ Load ─▶ *Config ─ Registries.Check ─▶ notes, problems
//	                       ─ Registries.Build ─▶ *Built ─ Options ─▶ integration.New
//	                       ─ YAML, Commented ─▶ file
//
// # One description
//
// The fields of [Config] and of what it holds carry tags: key, meaning, default, choices, bounds, and the kinds for which a key is there.
// Reader, checks, defaults, writer, [Schema] and [Example] all follow these tags, so that they cannot differ. (A schema library
// would be a second walk over the same types, with hooks for each of them; the walk that the reader needs anyhow is enough.) Fields are explained by their tag
// alone.
//
// # Problems
//
// Everything that is wrong is reported at once, each as a [wfm.Problem] with file and line, path (historical[1].destinations[0], counted from
// 0), value and remedy. [Parse] finds what the text says by itself. [Registries.Check] adds what vendors, layouts and status maps say, and
// [Registries.Build] what is wrong with secrets, certificates, and whatever the parts themselves refuse; each of the three repeats what the one
// before found. What keeps nothing from working is a note.
//
// Strict means: unknown keys, keys twice, aliases, tags, a second document, tabs for indentation, text that is not UTF-8, files above 1 MiB
// and more than 20 levels are refused. A byte-order mark at the start is accepted, because the editor of older Windows servers writes one.
//
// # Secrets
//
// A password, token or connection string stands in the file as {file: path} or {env: NAME} only. In the place of a reference nothing is ever
// shown, since it may be the secret. Files are read when the configuration is built; one line end is taken off.
// A Config holds references only, and so does what it is written to.
//
// # Paths
//
// Relative paths count from the folder of the configuration file, .. included. A Windows path is never taken for a relative one elsewhere, nor a
// path without a drive for one on Windows.
//
// # Kinds
//
// [Registries] say which vendors and which kinds of databases, ledgers and destinations there are. They are values, filled by the program: package
// standard has all that ship with the library; one's own kind of destination is one function, and gets its keys as settings.
//
// # Reload
//
// [Built] has a fingerprint for each feed and server, which changes exactly when that part has to be started anew. Feeds and servers of the
// options carry it as their Version, so that a running integration tells what is the same:
//
//	now, err := registries.Build(ctx, changed, config.BuildOptions{Previous: before}) // what is the same are the same objects
//	err = service.Update(now.Options)                                              // on an error close now, else before
//	now.Restart(started)                                                           // keys that wait for the next start
//
// [Config.Files] are the files to watch.
package config

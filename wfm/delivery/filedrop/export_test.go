package filedrop

// Failed is failed, for tests of errors that cannot be provoked.
var Failed = failed

package main

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"gopkg.in/natefinch/lumberjack.v2"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
)

// logging is the log of a running service. Its level may be changed at any time.
type logging struct {
	*slog.Logger
	level slog.LevelVar
	file  io.Closer // nil for standard error
}

// newLogging opens the log: a file that is rotated, or a writer where the file is empty. Files that are no longer the newest are
// named with their time, in UTC, and removed by number and age.
func newLogging(o config.Log, file string, writer io.Writer) (*logging, error) {
	l := &logging{}
	l.set(o)
	if file != "" {
		if err := writable(file); err != nil {
			return nil, err
		}
		rotated := &lumberjack.Logger{Filename: file, MaxSize: o.Size, MaxBackups: o.Keep, MaxAge: max(1, int(o.MaxAge.D()/(24*time.Hour)))}
		writer, l.file = rotated, rotated
	}
	options := &slog.HandlerOptions{Level: &l.level}
	if o.Format == "json" {
		l.Logger = slog.New(slog.NewJSONHandler(writer, options))
	} else {
		l.Logger = slog.New(slog.NewTextHandler(writer, options))
	}
	return l, nil
}

// writable finds out at the start, and not with the first line, that there can be no log.
func writable(file string) error {
	problem := func(err error) error {
		return wfm.Problem{Field: "service.log.file", Value: file, Reason: "cannot be written: " + cli.Reason(err), Remedy: "name a file in a folder that the service's account may write to"}
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return problem(err)
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return problem(err)
	}
	if err := f.Close(); err != nil {
		return problem(err)
	}
	return nil
}

// set takes over the level of a configuration.
func (l *logging) set(o config.Log) {
	level := slog.LevelInfo
	_ = level.UnmarshalText([]byte(o.Level)) // one of four that the configuration permits
	l.level.Set(level)
}

func (l *logging) close() error {
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}

// problems logs each of the problems that were joined.
func (l *logging) problems(message string, err error) {
	for _, p := range each(err) {
		l.Error(message, "problem", wfm.OneLine(p.Error()))
	}
}

// each returns the errors that were joined, also inside each other.
func each(err error) (list []error) {
	if err == nil {
		return nil
	}
	if joined, is := err.(interface{ Unwrap() []error }); is {
		for _, e := range joined.Unwrap() {
			list = append(list, each(e)...)
		}
		return list
	}
	return []error{err}
}

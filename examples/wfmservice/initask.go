package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
)

// asker asks a person for what the flags do not say. At the end of the input, and with -yes from the start, every answer is its default.
type asker struct {
	ctx    context.Context // its end ends a question that waits for an answer
	in     *bufio.Reader
	tty    *os.File // where passwords can be typed unseen; nil elsewhere
	out    io.Writer
	given  map[string]bool // flags of the command line
	folder string          // of the configuration: secrets are kept below it
	force  bool
	silent bool // no questions any more
}

func newAsker(ctx context.Context, a *app, fs *flag.FlagSet, folder string, force, silent bool) *asker {
	q := &asker{ctx: ctx, in: bufio.NewReader(a.in), out: a.out, given: map[string]bool{}, folder: folder, force: force, silent: silent}
	if f, ok := a.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		q.tty = f
	}
	fs.Visit(func(f *flag.Flag) { q.given[f.Name] = true })
	return q
}

// line asks one question. The empty answer is the default.
func (q *asker) line(question, standard string) string {
	if q.silent {
		return standard
	}
	fmt.Fprintf(q.out, "%s [%s]: ", question, wfm.OneLine(standard))
	text, err := q.wait(func() (string, error) { return q.in.ReadString('\n') })
	if err != nil {
		q.silent = true
		fmt.Fprintln(q.out)
	}
	if text = strings.TrimSpace(text); text != "" {
		return text
	}
	return standard
}

// text takes a flag, or asks. check may refuse an answer, which is then asked for again; nil takes all.
func (q *asker) text(name string, value *string, question, standard string, check func(string) error) error {
	if q.given[name] {
		if check != nil {
			return check(*value)
		}
		return nil
	}
	for {
		*value = q.line(question, standard)
		if check == nil {
			return nil
		}
		err := check(*value)
		if err == nil || q.silent {
			return err
		}
		fmt.Fprintln(q.out, wfm.OneLine(err.Error()))
	}
}

// oneOf is a check for one of some words.
func oneOf(field string, words ...string) func(string) error {
	return func(text string) error {
		if slices.Contains(words, text) {
			return nil
		}
		return wfm.Problem{Field: field, Value: cli.Shown(text), Reason: "is not one of the choices", Remedy: "use " + strings.Join(words, ", ")}
	}
}

// secret takes a reference (file:PATH or env:NAME) from a flag, or asks for one. Who types a password instead has it kept in a file that only this
// account can read; it never enters the configuration, nor the command line, which others on the machine can see.
func (q *asker) secret(name, value, question, file string) (config.Secret, error) {
	standard := "file:" + file
	if q.given[name] {
		if s, ok := reference(value); ok {
			return s, nil
		}
		return config.Secret{}, wfm.Problem{Field: "-" + name, Reason: "is not a reference", Remedy: "write file:PATH or env:NAME; a password on the command line can be seen by others"}
	}
	answer := q.password(question+" (is kept in "+file+"; or file:PATH, env:NAME)", standard)
	if s, ok := reference(answer); ok {
		return s, nil
	}
	if q.ctx.Err() != nil {
		return config.Secret{}, q.ctx.Err()
	}
	return config.Secret{File: config.Path(file)}, q.keep(file, answer)
}

func reference(text string) (config.Secret, bool) {
	if path, ok := strings.CutPrefix(text, "file:"); ok && path != "" {
		return config.Secret{File: config.Path(path)}, true
	}
	if name, ok := strings.CutPrefix(text, "env:"); ok && name != "" {
		return config.Secret{Env: name}, true
	}
	return config.Secret{}, false
}

// password is a line that is not shown while it is typed.
func (q *asker) password(question, standard string) string {
	if q.silent || q.tty == nil {
		return q.line(question, standard)
	}
	fmt.Fprintf(q.out, "%s [%s]: ", question, standard)
	before, stateErr := term.GetState(int(q.tty.Fd()))
	text, err := q.wait(func() (string, error) {
		text, err := term.ReadPassword(int(q.tty.Fd()))
		return string(text), err
	})
	if q.ctx.Err() != nil && stateErr == nil {
		_ = term.Restore(int(q.tty.Fd()), before) // the shell shows again what is typed
	}
	fmt.Fprintln(q.out)
	if err != nil || text == "" {
		return standard
	}
	return text
}

// wait reads an answer until an interrupt: who presses Ctrl-C at a question has finished. The reading that is left behind ends with the process.
func (q *asker) wait(read func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	came := make(chan answer, 1)
	go func() {
		text, err := read()
		came <- answer{text, err}
	}()
	select {
	case a := <-came:
		return a.text, a.err
	case <-q.ctx.Done():
		q.silent = true
		return "", q.ctx.Err()
	}
}

// keep writes a secret into a file for this account alone.
func (q *asker) keep(file, secret string) error {
	path := filepath.Join(q.folder, filepath.FromSlash(file))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return wfm.Problem{Field: "secret file", Value: path, Reason: "cannot be made: " + cli.Reason(err), Remedy: "choose a folder that you may write to with -o"}
	}
	return writeNew(path, []byte(secret+"\n"), 0o600, q.force)
}

// writeNew writes a file that must not be there yet, unless forced.
func writeNew(path string, text []byte, mode os.FileMode, force bool) error {
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(path, flags, mode)
	switch {
	case errors.Is(err, os.ErrExist):
		return wfm.Problem{Field: "file", Value: path, Reason: "is there already", Remedy: "choose another with -o, or overwrite it with -force"}
	case err != nil:
		return wfm.Problem{Field: "file", Value: path, Reason: "cannot be written: " + cli.Reason(err), Remedy: "choose a folder that you may write to with -o"}
	}
	if err = f.Chmod(mode); err == nil || runtime.GOOS == "windows" { // first: a file that is overwritten may be open to others
		_, err = f.Write(text)
	}
	return errors.Join(err, f.Close())
}

// listOf splits a list of names; a name with a comma stands in double quotes.
func listOf(field, text string) ([]string, error) {
	groups, err := cli.Workgroups(field, text)
	var names []string
	for _, g := range groups {
		names = append(names, string(g))
	}
	return names, err
}

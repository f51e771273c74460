package config

import (
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

// secret reads a secret. Its value is in no message.
func (b *builder) secret(at string, s Secret) wfm.Secret {
	switch {
	case s.IsZero() || !b.clean(at):
		return wfm.Secret{}
	case s.Env != "":
		value, ok := b.options.Env(s.Env)
		if !ok || value == "" {
			b.bad(at+".env", s.Env, "is not set", "set the environment variable for the service's account")
			return wfm.Secret{}
		}
		return b.keep(at, value)
	}
	path := b.whole(at+".file", s.File)
	if path == "" {
		return wfm.Secret{}
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		b.bad(at+".file", string(s.File), "cannot be read: "+reasonOf(err), "check the path and the rights of the service's account")
		return wfm.Secret{}
	case !info.Mode().IsRegular() || info.Size() > maxSecret:
		b.bad(at+".file", string(s.File), "is not a file that holds one secret", "name a small text file")
		return wfm.Secret{}
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o007 != 0:
		b.note(at+".file", string(s.File), fmt.Sprintf("is open to every account of the machine (mode %04o)", info.Mode().Perm()), "give it mode 0600 or 0640")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		b.bad(at+".file", string(s.File), "cannot be read: "+reasonOf(err), "check the path and the rights of the service's account")
		return wfm.Secret{}
	}
	value := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(string(text), "\uFEFF"), "\n"), "\r")
	if value == "" {
		b.bad(at+".file", string(s.File), "is empty", "write the secret into it")
		return wfm.Secret{}
	}
	switch {
	case strings.ContainsAny(value, "\r\n"):
		b.note(at+".file", string(s.File), "holds more than one line, and all of them are the secret", "leave the secret alone in it")
	case strings.TrimSpace(value) != value:
		b.note(at+".file", string(s.File), "begins or ends with a blank, which is part of the secret", "remove it, if it is not meant")
	}
	return b.keep(at, value)
}

const maxSecret = 64 << 10

// keep remembers a secret for the fingerprint of what uses it.
func (b *builder) keep(at, value string) wfm.Secret {
	b.secrets[at] = value
	return wfm.NewSecret(value)
}

package sftpdrop

import (
	"bytes"
	"encoding/base64"
	"errors"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/cicwfm/cicwfm/wfm"
)

// hostKeys is how the server's key is known: by a file, or by pins.
type hostKeys struct {
	file string
	pins []pin
}

// pin is one key that is known: its fingerprint, and its kind where that is known.
type pin struct{ fingerprint, kind string }

// parsePin reads a fingerprint or a public key.
func parsePin(text string) (pin, error) {
	const form = "write SHA256:… as ssh-keygen -l shows it, or a line of a .pub file"
	bad := func(reason, remedy string) (pin, error) {
		return pin{}, wfm.Problem{Where: "SFTP", Field: "host key", Value: text, Reason: reason, Remedy: remedy}
	}
	text = strings.TrimSpace(text)
	if sum, ok := strings.CutPrefix(text, "SHA256:"); ok {
		sum = strings.TrimRight(sum, "=")
		if raw, err := base64.RawStdEncoding.Strict().DecodeString(sum); err != nil || len(raw) != 32 {
			return bad("is not a SHA-256 fingerprint", form)
		}
		return pin{fingerprint: "SHA256:" + sum}, nil
	}
	if strings.HasPrefix(text, "MD5:") || strings.Count(text, ":") == 15 {
		return bad("is an MD5 fingerprint, which can be forged", form)
	}
	key, _, options, rest, err := ssh.ParseAuthorizedKey([]byte(text))
	if err != nil || len(options) > 0 || len(bytes.TrimSpace(rest)) > 0 || strings.Contains(text, "\n") {
		return bad("is neither a fingerprint nor a public key", form)
	}
	if _, ok := key.(*ssh.Certificate); ok {
		return bad("is a certificate", "pin the key itself, or use a known_hosts file with @cert-authority")
	}
	return pin{ssh.FingerprintSHA256(key), key.Type()}, nil
}

// verifier returns what judges the server's key, and the algorithms to ask for.
func (h hostKeys) verifier(address string, remote net.Addr) (ssh.HostKeyCallback, []string, error) {
	if h.file == "" {
		return h.pinned, h.pinnedAlgorithms(), nil
	}
	text, err := os.ReadFile(h.file)
	if err != nil {
		return nil, nil, unreadable("known_hosts file", h.file, err)
	}
	known, err := knownhosts.New(h.file)
	if err != nil {
		return nil, nil, unreadable("known_hosts file", h.file, err)
	}
	judge := func(address string, remote net.Addr, key ssh.PublicKey) error {
		return explain(address, h.file, key, known(address, remote, key))
	}
	// A key that no file holds: the error lists those that it does hold for this host.
	var want *knownhosts.KeyError
	var algorithms []string
	if errors.As(known(address, remote, nobodysKey{}), &want) {
		for _, k := range want.Want {
			algorithms = append(algorithms, algorithmsOf(k.Key.Type())...)
		}
	}
	if len(algorithms) == 0 {
		algorithms = usualAlgorithms()
	}
	if strings.Contains(string(text), "@cert-authority") {
		algorithms = append(certificateAlgorithms(), algorithms...)
	}
	return judge, algorithms, nil
}

// pinned judges a key by the pins.
func (h hostKeys) pinned(address string, _ net.Addr, key ssh.PublicKey) error {
	offered := ssh.FingerprintSHA256(key)
	for _, p := range h.pins {
		if p.fingerprint == offered {
			return nil
		}
	}
	return refused(address, key, "is none of those that are pinned",
		"ask the server's operator for the fingerprint of this key; only if it is the same, pin it instead")
}

// pinnedAlgorithms asks for the kinds that are pinned. A fingerprint alone does not tell its kind.
func (h hostKeys) pinnedAlgorithms() (list []string) {
	for _, p := range h.pins {
		if p.kind == "" {
			return usualAlgorithms()
		}
		list = append(list, algorithmsOf(p.kind)...)
	}
	return list
}

// explain says what a refused key means and what to do.
func explain(address, file string, key ssh.PublicKey, err error) error {
	var unknown *knownhosts.KeyError
	var revoked *knownhosts.RevokedError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &revoked):
		return refused(address, key, "is revoked in line "+strconv.Itoa(revoked.Revoked.Line)+" of "+wfm.Quote(file),
			"do not connect before the server's operator has given it a new key")
	case errors.As(err, &unknown) && len(unknown.Want) > 0:
		known := unknown.Want[0]
		return refused(address, key, "is not the one in line "+strconv.Itoa(known.Line)+" of "+wfm.Quote(file)+" ("+ssh.FingerprintSHA256(known.Key)+")",
			"someone may stand between: ask the server's operator whether the key is new before you replace the line")
	case errors.As(err, &unknown):
		return refused(address, key, "does not stand in "+wfm.Quote(file),
			"compare the fingerprint with what the server's operator tells, then add the server to the file (ssh-keyscan)")
	}
	return refused(address, key, "cannot be accepted: "+err.Error(), "ask the server's operator about its certificate")
}

func refused(address string, key ssh.PublicKey, reason, remedy string) error {
	return &wfm.Error{Op: "verify the host key of " + address, Kind: wfm.BadConfig,
		Err: errors.New("the offered " + key.Type() + " key " + ssh.FingerprintSHA256(key) + " " + reason), Remedy: remedy}
}

// nobodysKey equals no key.
type nobodysKey struct{}

func (nobodysKey) Type() string                        { return "none" }
func (nobodysKey) Marshal() []byte                     { return []byte("none") }
func (nobodysKey) Verify([]byte, *ssh.Signature) error { return errors.New("no key") }

// algorithmsOf are those by which a key of that kind signs; for RSA without SHA-1.
func algorithmsOf(kind string) []string {
	if kind == ssh.KeyAlgoRSA {
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return []string{kind}
}

// usualAlgorithms are those that are safe, in OpenSSH's order: the key that ssh shows at the first connection is the one
// that is asked for.
func usualAlgorithms() []string {
	return []string{ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
}

func certificateAlgorithms() []string {
	return slices.DeleteFunc(ssh.SupportedAlgorithms().HostKeys, func(a string) bool { return !strings.Contains(a, "-cert-") })
}

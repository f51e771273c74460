package smbdrop

import (
	"errors"
	"net"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cicwfm/cicwfm/wfm"
)

// ParseUNC reads a path such as \\server\share\folder into Host, Share and Folder; slashes stand for backslashes, as in
// //server/share. It knows neither local paths nor those that begin with \\?\ or \\.\.
func ParseUNC(path string) (Options, error) {
	bad := func(reason string) (Options, error) {
		return Options{}, wfm.Problem{Where: "SMB", Field: "UNC path", Value: path, Reason: reason, Remedy: `write it as \\server\share\folder`}
	}
	back := strings.ReplaceAll(path, "/", `\`)
	rest, ok := strings.CutPrefix(back, `\\`)
	if !ok {
		return bad("does not begin with two backslashes")
	}
	host, rest, _ := strings.Cut(rest, `\`)
	share, folder, _ := strings.Cut(rest, `\`)
	switch {
	case host == "?" || host == ".":
		return bad("names a device")
	case host == "":
		return bad("has no server")
	case share == "":
		return bad("has no share")
	}
	o := Options{Host: host, Share: share, Folder: strings.Trim(folder, `\`)}
	if err := errors.Join(o.checkPlace()...); err != nil {
		return Options{}, err
	}
	return o, nil
}

// checkPlace checks host, share and folder.
func (o *Options) checkPlace() (problems []error) {
	bad := func(field, value, reason, remedy string) {
		problems = append(problems, wfm.Problem{Where: "SMB", Field: field, Value: value, Reason: reason, Remedy: remedy})
	}
	if !isHost(o.Host) {
		bad("host", o.Host, "is not a name or an address", "name the server alone, such as files.example.com")
	}
	if o.Share == "" || len(o.Share) > 80 || !isPart(o.Share) {
		bad("share", o.Share, "is not the name of a share", `name the share alone, such as wfm in \\server\wfm`)
	}
	if o.Folder != "" {
		for part := range strings.SplitSeq(cleanFolder(o.Folder), `\`) {
			if !isPart(part) || part == "." || part == ".." || strings.TrimRight(part, ". ") != part {
				bad("folder", o.Folder, "is not a path within the share", `write it as in\wfm, without . and ..`)
				break
			}
		}
	}
	return problems
}

// cleanFolder writes a folder with single backslashes between its parts alone.
func cleanFolder(folder string) string {
	return strings.Join(strings.FieldsFunc(folder, func(r rune) bool { return r == '\\' || r == '/' }), `\`)
}

func isHost(host string) bool {
	if net.ParseIP(host) != nil {
		return true
	}
	return host != "" && len(host) <= 255 && utf8.ValidString(host) && !strings.ContainsFunc(host, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || strings.ContainsRune(`/\:@?*"<>|,;[]`, r)
	})
}

// isPart tells whether a text can be one part of a path on a share.
func isPart(s string) bool {
	return s != "" && len(s) <= 255 && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || strings.ContainsRune(`/\:?*"<>|`, r)
	})
}

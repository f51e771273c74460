package delivery

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"strings"
	"unicode/utf8"

	"github.com/cicwfm/cicwfm/wfm"
)

const partialSuffix = ".part"

// PartialName returns the name under which a transport writes before it renames: a full stop, the
// safe name, eight digits of the content's digest, a check sum and ".part". It starts with a full
// stop and ends in .part, so that a pick-up of *.txt never sees it. The same name and content give
// the same partial name, so that a retry in another process overwrites the debris of an attempt that was cut off; other
// content gives another, so that two revisions never write into one file. A transport may use more names than this one, made
// of other digests, where what was cut off may go on at a server. Long names are cut and
// told apart by a hash; the result has at most MaxName bytes.
func PartialName(safe string, digest wfm.Digest) string {
	stem := partialStem(safe) + "." + digest.String()[:partialDigits]
	return "." + stem + "." + checkSum(stem) + partialSuffix
}

// IsPartialOf tells whether PartialName made the name for a file of that safe name, whatever the
// content and the fence.
func IsPartialOf(name, safe string) bool {
	rest, ours := strings.CutPrefix(name, "."+partialStem(safe)+".")
	return ours && len(rest) == partialDigits+len(".00000000")+len(partialSuffix) && IsPartialName(name)
}

const partialDigits = 8 // of the digest

// partialStem is the safe name, cut where a partial name would become too long.
func partialStem(safe string) string {
	const most = MaxName - len(".") - len(".00000000.00000000") - len(partialSuffix)
	stem := safe
	if len(stem) > most {
		sum := sha256.Sum256([]byte(safe))
		// "%-" cannot stand in a safe name, so a cut name never equals a whole one.
		mark := "%-" + hex.EncodeToString(sum[:8])
		stem = stem[:most-len(mark)]
		for !utf8.ValidString(stem) {
			stem = stem[:len(stem)-1]
		}
		stem += mark
	}
	return stem
}

// IsPartialName tells whether PartialName made the name: the check sum in it is right. No name that
// SafeName returns is one.
func IsPartialName(name string) bool {
	rest, hidden := strings.CutPrefix(name, ".")
	rest, partial := strings.CutSuffix(rest, partialSuffix)
	dot := strings.LastIndexByte(rest, '.')
	return hidden && partial && dot > 0 && rest[dot+1:] == checkSum(rest[:dot])
}

func checkSum(stem string) string {
	return fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte("partial "+stem)))
}

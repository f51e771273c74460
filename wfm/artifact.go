package wfm

import (
	"crypto/sha256"
	"encoding/hex"
)

// Digest is the SHA-256 of an artifact's bytes.
type Digest [sha256.Size]byte

// DigestOf computes the digest.
func DigestOf(b []byte) Digest { return sha256.Sum256(b) }

// String returns 64 lower-case hexadecimal digits.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// ParseDigest reads what String returns.
func ParseDigest(s string) (Digest, error) {
	var d Digest
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(d) {
		return d, Problem{Field: "digest", Value: s, Reason: "is not 64 hexadecimal digits"}
	}
	copy(d[:], b)
	return d, nil
}

// Artifact is a finished file for a WFM product: a name and bytes that are a pure function of a
// report. Names are as the vendor's layout makes them and are not trusted: a transport confines them.
type Artifact struct {
	// Kind is the layout that made it, such as "call" or "agent"; unique within a feed.
	Kind string
	// Name is the file name, without a directory.
	Name string
	// Interval is the interval the content covers.
	Interval Window
	Revision int
	// Part tells artifacts of one kind and interval apart where a layout writes several; 0 else.
	Part  int
	Bytes []byte
	// Rows is the number of data rows in the file.
	Rows int
}

// Digest computes the digest of the bytes.
func (a Artifact) Digest() Digest { return DigestOf(a.Bytes) }

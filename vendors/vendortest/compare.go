package vendortest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/cicwfm/cicwfm/wfm"
)

// some joins the first of many problems and says how many there are.
func some(problems []error) error {
	const most = 3
	problems = slices.DeleteFunc(problems, func(err error) bool { return err == nil })
	if n := len(problems); n > most {
		problems = append(problems[:most:most], fmt.Errorf("and %d more", n-most))
	}
	return errors.Join(problems...)
}

// sameFiles tells the first difference between two results of EncodeHistorical.
func sameFiles(a, b []wfm.Artifact) error {
	if len(a) != len(b) {
		return fmt.Errorf("%d artifacts first and %d then", len(a), len(b))
	}
	for i := range a {
		x, y := a[i], b[i]
		switch {
		case x.Name != y.Name:
			return fmt.Errorf("artifact %d is named %s first and %s then", i+1, wfm.Quote(x.Name), wfm.Quote(y.Name))
		case x.Kind != y.Kind || x.Part != y.Part || x.Rows != y.Rows || x.Revision != y.Revision || !sameWindow(x.Interval, y.Interval):
			return fmt.Errorf("artifact %s has another kind, interval, revision, part or number of rows then", wfm.Quote(x.Name))
		}
		if err := sameBytes(x.Bytes, y.Bytes); err != nil {
			return fmt.Errorf("artifact %s: %w", wfm.Quote(x.Name), err)
		}
	}
	return nil
}

func sameWindow(a, b wfm.Window) bool { return a.Start.Equal(b.Start) && a.End.Equal(b.End) }

// sameFrames tells the first difference between two runs of frames.
func sameFrames(a, b wfm.Frames) error {
	if err := sameBytes(a.Bytes, b.Bytes); err != nil {
		return fmt.Errorf("frames: %w", err)
	}
	if !slices.Equal(a.Ends, b.Ends) {
		return errors.New("frames: the same bytes end elsewhere")
	}
	return nil
}

func sameBytes(a, b []byte) error {
	if bytes.Equal(a, b) {
		return nil
	}
	at := 0
	for at < len(a) && at < len(b) && a[at] == b[at] {
		at++
	}
	show := func(b []byte) string { return wfm.Quote(string(b[max(0, at-10):min(len(b), at+20)])) }
	return fmt.Errorf("byte %d differs: … %s first and … %s then", at+1, show(a), show(b))
}

// cloneFiles copies artifacts with their bytes.
func cloneFiles(list []wfm.Artifact) []wfm.Artifact {
	list = slices.Clone(list)
	for i := range list {
		list[i].Bytes = bytes.Clone(list[i].Bytes)
	}
	return list
}

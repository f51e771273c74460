package vendortest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// The cases about reports that have little to say, and calls that end early.

func (k *kit) empty(ctx context.Context, enc vendors.HistoricalEncoder) error {
	var problems []error
	for _, silent := range []bool{false, true} {
		reports := k.sampleOf(enc.Needs(), usual)
		if silent {
			for i := range reports {
				reports[i].Sites, reports[i].Gaps = nil, []wfm.Site{1}
			}
		}
		files, err := enc.EncodeHistorical(ctx, reports)
		if err != nil {
			problems = append(problems, fmt.Errorf("a report without records (site silent: %t): %w", silent, err))
		}
		for _, f := range files {
			if f.Rows != 0 {
				problems = append(problems, fmt.Errorf("artifact %s of a report without records counts %d rows", wfm.Quote(f.Name), f.Rows))
			}
		}
	}
	return errors.Join(problems...)
}

// missing looks for what a value must never become: the sentinel, half of it, and what a division by zero gives.
func (k *kit) missing(ctx context.Context, enc vendors.HistoricalEncoder) error {
	mixed := func(c wfm.Counter, seed int) int64 {
		if int(c)%2 == 0 {
			return wfm.Missing
		}
		return usual(c, seed)
	}
	usually, err := enc.EncodeHistorical(ctx, k.sample(enc))
	if err != nil {
		return err
	}
	nonsense := []string{strconv.FormatInt(wfm.Missing, 10), strconv.FormatInt(wfm.Missing, 10)[1:], "9223372036854775807", "NaN", "Inf"}
	_, timesLikeIt := farFromUsual(textOf(usually)) // nanoseconds since 1970
	var problems []error
	for name, v := range map[string]value{"missing": all(wfm.Missing), "zero": all(0), "half of them missing": mixed} {
		files, err := enc.EncodeHistorical(ctx, k.sampleOf(enc.Needs(), v, plain(1), plain(2)))
		if err != nil {
			continue // refusing is an answer; a panic is not
		}
		for _, f := range files {
			text := decodeText(f.Bytes)
			for _, n := range nonsense {
				if strings.Contains(text, n) && !strings.Contains(textOf(usually), n) {
					problems = append(problems, fmt.Errorf("artifact %s of values that are %s holds %s", wfm.Quote(f.Name), name, n))
				}
			}
			if number, found := farFromUsual(text); found && !timesLikeIt {
				problems = append(problems, fmt.Errorf("artifact %s of values that are %s holds %s, which comes of arithmetic with wfm.Missing",
					wfm.Quote(f.Name), name, number))
			}
		}
	}
	return errors.Join(problems...)
}

func textOf(files []wfm.Artifact) string {
	var b strings.Builder
	for _, f := range files {
		b.WriteString(decodeText(f.Bytes))
	}
	return b.String()
}

// farFromUsual finds a number that only a calculation with wfm.Missing gives: one of 18 digits or more.
func farFromUsual(text string) (string, bool) {
	for _, digits := range strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' }) {
		if n, err := strconv.ParseUint(digits, 10, 64); err == nil && n > math.MaxInt64/8 {
			return digits, true
		}
	}
	return "", false
}

func (k *kit) cancelled(ctx context.Context, enc vendors.HistoricalEncoder) error {
	want, err := enc.EncodeHistorical(ctx, k.sample(enc))
	if err != nil {
		return err
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	past, stop := context.WithDeadline(ctx, time.Unix(0, 0))
	defer stop()
	for _, c := range []context.Context{ended, past} {
		files, err := enc.EncodeHistorical(c, k.sample(enc))
		if err != nil {
			if !errors.Is(err, c.Err()) {
				return fmt.Errorf("the error of a context that ended does not wrap %w: %w", c.Err(), err)
			}
			continue
		}
		if err := sameFiles(want, files); err != nil {
			return fmt.Errorf("without an error, but not everything: %w", err)
		}
	}
	return nil
}

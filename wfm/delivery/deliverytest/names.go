package deliverytest

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// nameCases are about names that workgroups and templates make.
func nameCases() []testCase {
	return []testCase{
		{"names", "every name that the rule for names accepts is delivered under the safe name, and different names are different files", names},
		{"refused names", "a name that the rule for names refuses is an error that no retry mends, and leaves nothing", refusedNames},
	}
}

func names(ctx context.Context, h *Harness) error {
	want := map[string][]byte{}
	for i, name := range HostileNames() {
		if _, err := h.Name(name); err != nil {
			continue
		}
		want[name] = fmt.Appendf(nil, "file %d", i)
		if err := h.deliver(ctx, artifact(name, want[name])); err != nil {
			return err
		}
	}
	if err := h.holds(ctx, want); err != nil {
		return fmt.Errorf("%w; "+nameRemedy, err)
	}
	return nil
}

// nameRemedy is what to do where names are not as the rule has them.
const nameRemedy = "put Artifact.Name through delivery.SafeName, or give the transport's own rule as Harness.Name"

func refusedNames(ctx context.Context, h *Harness) error {
	for _, name := range HostileNames() {
		if _, err := h.Name(name); err == nil {
			continue
		}
		_, err := h.Transport.Deliver(ctx, artifact(name, []byte("x")))
		if err == nil {
			return fmt.Errorf("the name %s was delivered; "+nameRemedy, wfm.Quote(name))
		}
		if retry, _ := wfm.ShouldRetry(err); retry {
			return fmt.Errorf("the error for the name %s asks for a retry: %w", wfm.Quote(name), err)
		}
		if strings.ContainsAny(err.Error(), "\x00\r\n") {
			return fmt.Errorf("the error for the name %s is more than one line: %q", wfm.Quote(name), err.Error())
		}
	}
	return h.holds(ctx, nil)
}

// HostileNames returns names that a transport must confine: some it may deliver escaped, some it
// must refuse.
func HostileNames() []string {
	return []string{
		"", ".", "..", "...", " ", "../up.txt", "../../../etc/passwd", `..\up.txt`, "/absolute.txt", `\\server\share\x.txt`,
		"C:drive.txt", `C:\x.txt`, "a/b.txt", `a\b.txt`, "a%2Fb.txt", "a%252Fb.txt", "stream.txt:hidden", "nul\x00.txt",
		"line\nbreak.txt", "return\r.txt", "bell\a.txt", "CON", "con.txt", "NUL.txt", "COM1.log", "LPT9", "aux .txt", "CONIN$",
		"trailing.", "trailing ", " leading", ".hidden", "-rf", "~", "$HOME", "`id`.txt", "a;b|c&d.txt", `q"uote'.txt`, "star*?.txt",
		"<x>.txt", "latin1 \xfc.txt", "M\u00fcnchen.txt", "Mu\u0308nchen2.txt", "\u6771\u4eac.txt", "\U0001F4DE.txt", "rtl\u202etxt.exe",
		".call.txt.00000000.00000000.part", delivery.PartialName("call.txt", wfm.DigestOf(nil)), "call.txt.part",
		strings.Repeat("n", 255), strings.Repeat("n", 256), strings.Repeat("\u00fc", 200), strings.Repeat("/", 100), "MKD x.txt", "100%.txt",
	}
}

// optionalCases are about the interfaces that a transport may have.
func optionalCases() []testCase {
	return []testCase{
		{"probe", "Probe is true where the file has exactly the artifact's bytes, with Deliver's receipt, and false otherwise", probe},
		{"probe refused names", "Probe of a name that the rule refuses is an error", func(ctx context.Context, h *Harness) error {
			p, err := h.prober()
			if err != nil {
				return err
			}
			if _, landed, err := p.Probe(ctx, artifact("..", []byte("x"))); err == nil || landed {
				return fmt.Errorf("probe returned %t, %v", landed, err)
			}
			return nil
		}},
		{"check", "Check of a good destination succeeds and leaves nothing, also while files are there and at the same time", check},
	}
}

func (h *Harness) prober() (delivery.Prober, error) {
	p, ok := h.Transport.(delivery.Prober)
	if !ok {
		return nil, conform.Skip{Reason: "the transport does not implement delivery.Prober"}
	}
	return p, nil
}

func probe(ctx context.Context, h *Harness) error {
	p, err := h.prober()
	if err != nil {
		return err
	}
	truth := func(when string, a wfm.Artifact, want bool) error {
		receipt, landed, err := p.Probe(ctx, a)
		switch {
		case err != nil:
			return fmt.Errorf("probe %s: %w", when, err)
		case landed != want:
			return fmt.Errorf("probe %s returned %t", when, landed)
		case landed && (receipt.Where == "" || receipt.Bytes != int64(len(a.Bytes))):
			return fmt.Errorf("probe %s returned the receipt %+v", when, receipt)
		}
		return nil
	}
	mine, other := artifact("a:b.txt", noise(9, 300_001)), noise(9, 300_001)
	other[300_000] ^= 1 // the same size, one bit apart at the end
	if err := truth("of nothing", mine, false); err != nil {
		return err
	}
	sent, err := h.Transport.Deliver(ctx, mine)
	if err != nil {
		return err
	}
	found, _, err := p.Probe(ctx, mine)
	if err != nil || found != sent {
		return errors.Join(fmt.Errorf("deliver returned the receipt %+v, probe %+v", sent, found), err)
	}
	for _, step := range []struct {
		when string
		a    wfm.Artifact
		want bool
	}{
		{"of what was delivered", mine, true},
		{"of other content of the same size", artifact(mine.Name, other), false},
		{"of a shorter content", artifact(mine.Name, mine.Bytes[:1000]), false},
		{"of a longer content", artifact(mine.Name, append(noise(9, 300_001), 'x')), false},
		{"of an empty content", artifact(mine.Name, nil), false},
		{"of another name", artifact("c.txt", mine.Bytes), false},
	} {
		if err := truth(step.when, step.a, step.want); err != nil {
			return err
		}
	}
	if err := h.deliver(ctx, artifact(mine.Name, other)); err != nil {
		return err
	}
	return errors.Join(truth("of what was replaced", mine, false), truth("of the later revision", artifact(mine.Name, other), true))
}

func check(ctx context.Context, h *Harness) error {
	c, ok := h.Transport.(delivery.Checker)
	if !ok {
		return conform.Skip{Reason: "the transport does not implement delivery.Checker"}
	}
	if err := c.Check(ctx); err != nil {
		return err
	}
	if err := h.holds(ctx, nil); err != nil {
		return fmt.Errorf("after Check: %w", err)
	}
	a := artifact("call.txt", []byte("x"))
	if err := h.deliver(ctx, a); err != nil {
		return err
	}
	if err := errors.Join(conform.Parallel(4, func(int) error { return c.Check(ctx) })...); err != nil {
		return fmt.Errorf("several at the same time: %w", err)
	}
	if err := h.holds(ctx, map[string][]byte{a.Name: a.Bytes}); err != nil {
		return fmt.Errorf("after Check: %w", err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if err := c.Check(ended); err == nil {
		return errors.New("check succeeded with a context that has ended")
	}
	return nil
}

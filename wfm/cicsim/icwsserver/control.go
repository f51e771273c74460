package icwsserver

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// mostFor bounds how long a fault can be ordered over HTTP.
const mostFor = 24 * time.Hour

// Control returns a handler by which any program orders faults and changes, for tests of ICWS clients:
//
//	POST /switchover[?kill=true] /drop /silence?for=30s /slow?by=50ms&for=10s /refuse?for=5s /expire
//	POST /cut?n=1 /unknown?n=1 /duplicate?n=1 /reorder?n=1 /full /down[?reconnect=false]
//	POST /status?user=U&status=S /logon?user=U /logoff?user=U /phone?user=U[&on=false]
//	POST /member?workgroup=W&user=U[&remove=true]
//	GET  /agents (the truth, an array of AgentView), /stats
//
// A POST answers {"ok":true}; a wrong one 400 and {"error":…} naming the parameter. It asks for no credentials:
// serve it on loopback alone.
func (p *Pair) Control() http.Handler {
	mux := http.NewServeMux()
	post := func(path string, do func(*args) error) {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, r *http.Request) {
			a := &args{values: r.URL.Query()}
			err := do(a)
			if a.err != nil {
				err = a.err
			}
			if err != nil {
				answer(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
				return
			}
			answer(w, http.StatusOK, map[string]bool{"ok": true})
		})
	}
	p.controlFaults(post)
	p.controlChanges(post)
	mux.HandleFunc("GET /agents", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, p.cic.Agents()) })
	mux.HandleFunc("GET /stats", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, p.Stats()) })
	return mux
}

func (p *Pair) controlFaults(post func(string, func(*args) error)) {
	post("/switchover", func(a *args) error {
		if kill := a.flag("kill", false); a.err == nil {
			if p.Backup == nil {
				return wfm.Problem{Field: "switchover", Reason: "needs a backup", Remedy: "start the server as a pair"}
			}
			p.switchover(kill)
		}
		return nil
	})
	post("/drop", func(*args) error { p.DropStreams(); return nil })
	post("/silence", func(a *args) error {
		if d := a.duration("for"); a.err == nil {
			p.Silence(d)
		}
		return nil
	})
	post("/slow", func(a *args) error {
		if by, d := a.duration("by"), a.duration("for"); a.err == nil {
			p.Slow(by, d)
		}
		return nil
	})
	post("/refuse", func(a *args) error {
		if d := a.duration("for"); a.err == nil {
			p.Refuse503(d)
		}
		return nil
	})
	post("/expire", func(*args) error { p.ExpireSessions(); return nil })
	for path, do := range map[string]func(int){"/cut": p.CutJSON, "/unknown": p.UnknownMessages, "/duplicate": p.Duplicate, "/reorder": p.Reorder} {
		post(path, func(a *args) error {
			if n := a.count("n"); a.err == nil {
				do(n)
			}
			return nil
		})
	}
	post("/full", func(*args) error { p.FullUpdates(); return nil })
	post("/down", func(a *args) error {
		if again := a.flag("reconnect", true); a.err == nil {
			p.Down(again)
		}
		return nil
	})
}

func (p *Pair) controlChanges(post func(string, func(*args) error)) {
	c := p.cic
	user := func(a *args) wfm.AgentID { return wfm.AgentID(a.text("user")) }
	post("/status", func(a *args) error {
		id, key := user(a), wfm.StatusKey(a.text("status"))
		if a.err != nil {
			return nil
		}
		return c.SetStatus(id, key, time.Time{})
	})
	post("/logon", func(a *args) error { return c.LogOn(user(a), time.Time{}) })
	post("/logoff", func(a *args) error { return c.LogOff(user(a), time.Time{}) })
	post("/phone", func(a *args) error {
		id, on := user(a), a.flag("on", true)
		if a.err != nil {
			return nil
		}
		return c.SetOnPhone(id, on, time.Time{})
	})
	post("/member", func(a *args) error {
		group, id, gone := wfm.Workgroup(a.text("workgroup")), user(a), a.flag("remove", false)
		switch {
		case a.err != nil:
			return nil
		case gone:
			return c.RemoveMember(group, id)
		}
		return c.AddMember(group, id)
	})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(marshal(v)) // a caller that is gone has nobody to tell
}

// args reads the parameters of an order and keeps the first problem.
type args struct {
	values url.Values
	err    error
}

func (a *args) bad(name, reason, remedy string) {
	if a.err == nil {
		a.err = wfm.Problem{Field: name, Value: a.values.Get(name), Reason: reason, Remedy: remedy}
	}
}

func (a *args) text(name string) string {
	v := a.values.Get(name)
	if v == "" {
		a.bad(name, "is missing", "add "+name+"=… to the address")
	}
	return v
}

func (a *args) duration(name string) time.Duration {
	d, err := time.ParseDuration(a.text(name))
	if err != nil || d < 0 || d > mostFor {
		a.bad(name, "is no duration up to a day", "write a duration such as 30s")
	}
	return d
}

func (a *args) count(name string) int {
	if !a.values.Has(name) {
		return 1
	}
	n, err := strconv.Atoi(a.values.Get(name))
	if err != nil || n < 0 {
		a.bad(name, "is no count", "write a whole number, 0 or more")
	}
	return n
}

func (a *args) flag(name string, otherwise bool) bool {
	if !a.values.Has(name) {
		return otherwise
	}
	on, err := strconv.ParseBool(a.values.Get(name))
	if err != nil {
		a.bad(name, "is neither true nor false", "write true or false")
	}
	return on
}

package icwsserver_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// direct is a client without a network, for tests in a bubble and for measurements.
type direct struct {
	t       testing.TB
	handler http.Handler
	sid     string
	csrf    string
	cookies []*http.Cookie
}

func newDirect(t testing.TB, handler http.Handler) *direct {
	d := &direct{t: t, handler: handler}
	w := d.do("POST", "/icws/connection", `{"__type":"urn:inin.com:connection:icAuthConnectionRequestSettings","applicationName":"a","userID":"`+
		account+`","password":"`+password+`"}`)
	require.Equal(t, http.StatusCreated, w.Code, w.Body)
	d.sid, d.csrf, d.cookies = w.Header().Get("ININ-ICWS-Session-ID"), w.Header().Get("ININ-ICWS-CSRF-Token"), w.Result().Cookies()
	return d
}

func (d *direct) do(method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Accept-Language", "en-us")
	r.Header.Set("ININ-ICWS-CSRF-Token", d.csrf)
	for _, c := range d.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w
}

func (d *direct) put(path, body string) {
	w := d.do("PUT", "/icws/"+d.sid+"/"+path, body)
	require.Equal(d.t, http.StatusOK, w.Code, w.Body)
}

func (d *direct) poll() (list []msg) {
	w := d.do("GET", "/icws/"+d.sid+"/messaging/messages", "")
	require.Equal(d.t, http.StatusOK, w.Code, w.Body)
	require.NoError(d.t, json.Unmarshal(w.Body.Bytes(), &list))
	return list
}

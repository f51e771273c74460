package icwsserver_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
)

// FuzzRequests sends any method, path, query, Range and body within a good session: the server answers
// something sensible and does not panic.
func FuzzRequests(f *testing.F) {
	cic, err := icwsserver.NewCIC(icwsserver.Plain(3, 2))
	require.NoError(f, err)
	pair, err := icwsserver.New(cic, icwsserver.Options{User: account, Password: wfm.NewSecret(password), QueueBound: 20})
	require.NoError(f, err)
	f.Add("GET", "configuration/users", "rightsFilter=view&select=*&where=configurationId.id sw a&orderBy=configurationId.id desc", "items=0-1", "")
	f.Add("PUT", "messaging/subscriptions/status/user-statuses", "", "", `{"userIds":["agent0001"],"userStatusProperties":["until"]}`)
	f.Add("PUT", "messaging/subscriptions/queues/q", "", "", `{"queueIds":[{"queueType":1,"queueName":"agent0001"}],"attributeNames":["Eic_State"]}`)
	f.Add("PUT", "messaging/subscriptions/configuration/users/u", "", "", `{"configurationIds":["*"],"properties":["workgroups"],"rightsFilter":"view"}`)
	f.Add("PUT", "messaging/subscriptions/activations/users/u", "", "", `{"userId":"agent0001","workgroupIds":["*"]}`)
	f.Add("PUT", "status/user-statuses/agent0001", "", "", `{"statusId":"At lunch","until":{"untilDateTime":"x","hasDate":true,"hasTime":false}}`)
	f.Add("PUT", "activations/users/agent0001", "", "", `{"activations":{"Team 01":false}}`)
	f.Add("GET", "messaging/messages", "", "", "")
	f.Add("POST", "licenses", "", "", `{"licenseList":[]}`)
	f.Fuzz(func(t *testing.T, method, path, query, span, body string) {
		d := newDirect(t, pair.Primary)
		r := httptest.NewRequest("GET", "/", strings.NewReader(body))
		r.Method = method
		r.URL.Path, r.URL.RawQuery = "/icws/"+d.sid+"/"+path, query
		r.Header.Set("ININ-ICWS-CSRF-Token", d.csrf)
		if span != "" {
			r.Header.Set("Range", span)
		}
		for _, c := range d.cookies {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		pair.Primary.ServeHTTP(w, r)
		require.True(t, w.Code >= 200 && w.Code < 500, w.Code)
		if w.Code >= 400 {
			require.Contains(t, w.Body.String(), `"message"`)
		}
		require.NoError(t, cic.SetStatus("agent0001", "Available", at))
		require.NoError(t, cic.SetStatus("agent0001", "At lunch", at))
		pair.FullUpdates()
		pair.ExpireSessions()
	})
}

func TestStrangeBodies(t *testing.T) {
	w := newWorld(t, 1, icwsserver.Options{})
	c := w.dial()
	for _, path := range []string{"messaging/subscriptions/status/user-statuses", "messaging/subscriptions/queues/x", "messaging/subscriptions/configuration/users/x",
		"messaging/subscriptions/activations/users/x", "messaging/subscriptions/activations/workgroups/x", "messaging/subscriptions/licenses",
		"activations/users/agent0001", "status/user-statuses/agent0001"} {
		for _, body := range []string{"", "null", "[]", "1", "{", `{"userIds":{}}`, strings.Repeat(`{"a":`, 20000), strings.Repeat("x", 9<<20)} {
			a := c.do("PUT", path, body)
			require.Equal(t, http.StatusBadRequest, a.status, path)
			require.Contains(t, a.fields(t), "message")
		}
	}
}

package icwsserver_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
)

var at = time.Date(2026, 3, 2, 9, 30, 15, 0, time.UTC)

func TestUserStatusesByPolling(t *testing.T) {
	w := newWorld(t, 3, icwsserver.Options{})
	c := w.dial()
	require.NoError(t, w.cic.SetStatus("agent0001", "at LUNCH", at))
	c.watch([]string{"AGENT0001", "agent0002", "ghost"}, "statusId", "statusChanged", "loggedIn", "onPhone", "stations", "icServers", "until")
	list := c.poll()
	require.Len(t, list, 1)
	require.False(t, *list[0].Delta)
	users := list[0].statuses(t)
	require.Equal(t, map[string]any{"userId": "agent0001", "statusId": "At lunch", "statusChanged": "20260302T093015Z", "loggedIn": true,
		"onPhone": false, "stations": []any{"8001"}, "icServers": []any{}}, users[0])
	require.Len(t, users, 2, "the unknown one is left out")
	require.Empty(t, c.poll(), "reading empties the queue")

	require.NoError(t, w.cic.SetStatus("agent0003", "At lunch", at), "not watched")
	require.NoError(t, w.cic.SetStatus("agent0002", "At lunch", at))
	require.NoError(t, w.cic.SetStatus("agent0002", "At lunch", at.Add(1)), "no change")
	require.NoError(t, w.cic.LogOff("agent0002", at))
	require.NoError(t, w.cic.SetOnPhone("agent0002", true, at))
	list = c.poll()
	require.Len(t, list, 3)
	require.True(t, *list[0].Delta)
	require.Equal(t, map[string]any{"userId": "agent0002", "statusId": "At lunch", "statusChanged": "20260302T093015Z"}, list[0].statuses(t)[0])
	require.Equal(t, map[string]any{"userId": "agent0002", "statusId": "At lunch", "loggedIn": false, "stations": []any{}}, list[1].statuses(t)[0])
	require.Equal(t, map[string]any{"userId": "agent0002", "statusId": "At lunch", "onPhone": true}, list[2].statuses(t)[0])

	c.watch([]string{"agent0003"})
	require.Len(t, c.poll()[0].statuses(t), 1, "a second subscription replaces the first")
	require.NoError(t, w.cic.SetStatus("agent0001", "Available", at))
	require.Empty(t, c.poll())
	require.Equal(t, 200, c.do("DELETE", "messaging/subscriptions/status/user-statuses", nil).status)
	require.NoError(t, w.cic.SetStatus("agent0003", "Available", at))
	require.Empty(t, c.poll())

	const path = "messaging/subscriptions/status/user-statuses"
	require.Equal(t, "userIds", c.do("PUT", path, "{}").fields(t)["propertyName"])
	require.Equal(t, 400, c.do("PUT", path, `{"userIds":[]}`).status)
	require.Equal(t, 400, c.do("PUT", path, `{"userIds":"x"}`).status)
}

func TestOpenPointsOfStatusSubscriptionsAreOptions(t *testing.T) {
	w := newWorld(t, 3, icwsserver.Options{AddUsers: true, RejectUnknownUsers: true})
	c := w.dial()
	c.watch([]string{"agent0001"})
	c.watch([]string{"agent0002"})
	list := c.poll()
	require.Len(t, list[1].statuses(t), 2)
	require.Equal(t, 404, c.do("PUT", "messaging/subscriptions/status/user-statuses", `{"userIds":["ghost"]}`).status)
}

func TestSettingAStatus(t *testing.T) {
	w := newWorld(t, 2, icwsserver.Options{})
	c := w.dial()
	c.watch([]string{"agent0001"}, "until", "notes")
	c.poll()
	a := c.do("PUT", "status/user-statuses/agent0001", `{"statusId":"at lunch","notes":"back soon","until":{"untilDateTime":"20260302T120000Z","hasDate":true,"hasTime":true}}`)
	require.Equal(t, http.StatusAccepted, a.status)
	list := c.poll()
	require.Len(t, list, 3)
	require.Equal(t, "back soon", list[1].statuses(t)[0]["notes"])
	require.Equal(t, a.fields(t)["requestId"], list[2].Request)
	require.Nil(t, list[2].Error)
	require.NoError(t, w.cic.SetStatus("agent0001", "Available", at))
	user := c.poll()[0].statuses(t)[0]
	require.Equal(t, map[string]any{"userId": "agent0001", "statusId": "Available", "until": nil, "notes": ""}, user, "cleared, and said so")

	c.do("PUT", "status/user-statuses/agent0001", `{"statusId":"no such"}`)
	require.NotNil(t, c.poll()[0].Error)
	require.Equal(t, "statusId", c.do("PUT", "status/user-statuses/agent0001", `{}`).fields(t)["propertyName"])
	for until, property := range map[string]string{`{}`: "untilDateTime", `{"untilDateTime":"20300101T000000Z"}`: "hasDate", `{"untilDateTime":"20300101T000000Z","hasDate":true}`: "hasTime",
		`{"untilDateTime":"soon","hasDate":true,"hasTime":true}`: "untilDateTime", `{"untilDateTime":"","hasDate":true,"hasTime":true}`: "untilDateTime"} {
		a := c.do("PUT", "status/user-statuses/agent0001", `{"statusId":"At lunch","until":`+until+`}`)
		require.Equal(t, 400, a.status, until)
		require.Equal(t, property, a.fields(t)["propertyName"], until)
	}
	require.Empty(t, c.poll(), "a refused request changes nothing")
	require.Equal(t, "Available", c.do("GET", "status/user-statuses/Agent0001", nil).fields(t)["statusId"])
	c.do("PUT", "status/user-statuses/agent0001", `{"statusId":"Available","until":{"untilDateTime":"2030-01-01T12:30:00.250Z","hasDate":true,"hasTime":true}}`)
	require.Equal(t, "20300101T123000Z", c.poll()[0].statuses(t)[0]["until"].(map[string]any)["untilDateTime"], "written as the server writes times")
	require.Equal(t, 404, c.do("GET", "status/user-statuses/ghost", nil).status)
	require.Len(t, c.do("GET", "status/status-messages-user-access/agent0001", nil).fields(t)["statusMessages"], 8)
	require.Equal(t, 404, c.do("GET", "status/status-messages-user-access/ghost", nil).status)
}

func TestStatusMessages(t *testing.T) {
	w := newWorld(t, 1, icwsserver.Options{})
	c := w.dial()
	list := c.do("GET", "status/status-messages", nil).fields(t)["statusMessageList"].([]any)
	require.Len(t, list, 8)
	require.Len(t, list[0], 14, "all fields are required")
	require.Equal(t, 200, c.do("PUT", "messaging/subscriptions/status/status-messages", nil).status)
	require.Len(t, c.poll()[0].SAdded, 8)
	require.NoError(t, w.cic.DefineStatus(wfm.StatusDefinition{Key: "Errand", Group: "Break", ACD: true}))
	require.NoError(t, w.cic.DefineStatus(wfm.StatusDefinition{Key: "ERRAND", Group: "Break", ACW: true}))
	require.NoError(t, w.cic.RemoveStatus("errand"))
	got := c.poll()
	require.Equal(t, "Errand", got[0].SAdded[0]["statusId"])
	require.Equal(t, true, got[0].SAdded[0]["isAcdStatus"])
	require.Equal(t, "Errand", got[1].SChanged[0]["statusId"])
	require.Equal(t, true, got[1].SChanged[0]["isAfterCallWorkStatus"])
	require.Equal(t, []string{"Errand"}, got[2].SRemoved)
	require.Error(t, w.cic.RemoveStatus("errand"))
}

func TestActivations(t *testing.T) {
	w := newWorld(t, 4, icwsserver.Options{})
	c := w.dial()
	require.JSONEq(t, `{"userActivationSetList":[{"userId":"agent0001","activations":{"Team 01":true,"Team 02":true}},{"userId":"agent0002","activations":{"Team 02":true}}]}`,
		string(c.do("GET", "activations/users?select=agent0001,AGENT0002,ghost", nil).body))
	require.Equal(t, 400, c.do("GET", "activations/users", nil).status)
	require.JSONEq(t, `{"workgroupActivationSetList":[{"workgroupId":"Team 03","activations":{"agent0003":true}}]}`,
		string(c.do("GET", "activations/workgroups?select=Team%2003", nil).body))
	require.Equal(t, 200, c.do("PUT", "messaging/subscriptions/activations/users/u", `{"userId":"agent0001","workgroupIds":["*"]}`).status)
	require.Equal(t, 200, c.do("PUT", "messaging/subscriptions/activations/workgroups/w", `{"workgroupId":"team 01","userIds":["agent0001"]}`).status)
	got := c.poll()
	require.Equal(t, map[string]bool{"Team 01": true, "Team 02": true}, got[0].Activations)
	require.Equal(t, "w", got[1].Subscription)
	require.JSONEq(t, `{"userId":"agent0001","activations":{"Team 01":false,"Team 02":true}}`,
		string(c.do("PUT", "activations/users/agent0001", `{"activations":{"team 01":false}}`).body))
	require.NoError(t, w.cic.SetActivated("agent0002", "Team 02", false))
	got = c.poll()
	require.Len(t, got, 2)
	require.Equal(t, map[string]bool{"Team 01": false}, got[0].Activations)
	require.Equal(t, map[string]bool{"agent0001": false}, got[1].Activations)
	require.JSONEq(t, `{"workgroupId":"Team 02","activations":{"agent0001":true,"agent0002":true,"agent0004":true}}`,
		string(c.do("PUT", "activations/workgroups/Team%2002", `{"activations":{"agent0002":true}}`).body))
	require.Equal(t, 400, c.do("PUT", "activations/users/agent0002", `{"activations":{"Team 01":true}}`).status, "no member")
	require.Equal(t, 400, c.do("PUT", "activations/users/agent0002", `{}`).status)
	require.Equal(t, 404, c.do("GET", "activations/users/ghost", nil).status)
	require.Equal(t, 404, c.do("GET", "activations/workgroups/ghost", nil).status)
	require.Equal(t, 400, c.do("PUT", "messaging/subscriptions/activations/users/u", `{"userId":"ghost","workgroupIds":[]}`).status)
}

func TestQueueContents(t *testing.T) {
	w := newWorld(t, 3, icwsserver.Options{})
	c := w.dial()
	put := func(user wfm.AgentID, state string) {
		require.NoError(t, w.cic.PutInteraction(user, icwsserver.Interaction{ID: "7", State: state, Workgroup: "team 01", At: at}))
	}
	put("", "O")
	body := `{"queueIds":[{"queueType":1,"queueName":"Agent0001"}],"attributeNames":["Eic_State","eic_WORKGROUPname","Eic_UserName","Eic_ConnectTime","Eic_Nothing"]}`
	require.Equal(t, 200, c.do("PUT", "messaging/subscriptions/queues/users", body).status)
	body = `{"queueIds":[{"queueType":2,"queueName":"Team 01"}],"attributeNames":["Eic_State"]}`
	require.Equal(t, 200, c.do("PUT", "messaging/subscriptions/queues/group", body).status)
	got := c.poll()
	require.Empty(t, got[0].IAdded)
	require.False(t, *got[0].Delta)
	require.Equal(t, "7", got[1].IAdded[0]["interactionId"])

	put("agent0001", "A")
	got = c.poll()
	require.Len(t, got, 2)
	require.Equal(t, map[string]any{"Eic_State": "A", "eic_WORKGROUPname": "Team 01", "Eic_UserName": "agent0001", "Eic_ConnectTime": ""},
		got[1].IAdded[0]["attributes"], "spelled as asked, unknown left out")
	require.Equal(t, "group", got[0].Subscription)
	require.Equal(t, map[string]any{"Eic_State": "A"}, got[0].IChanged[0]["attributes"])
	put("agent0001", "C")
	put("agent0001", "C")
	got = c.poll()
	require.Len(t, got, 2, "once for each subscription")
	view, err := w.cic.Agent("agent0001")
	require.NoError(t, err)
	require.True(t, view.OnPhone)
	require.Len(t, view.Interactions, 1)
	a := c.do("GET", "interactions/7?select=Eic_State,Eic_ConnectTime,Eic_CallType,Eic_ObjectType,Eic_CallDirection", nil)
	require.JSONEq(t, `{"attributes":{"Eic_State":"C","Eic_ConnectTime":"20260302T093015Z","Eic_CallType":"E","Eic_ObjectType":"Call","Eic_CallDirection":"I"}}`, string(a.body))

	put("agent0002", "A") // moves over
	got = c.poll()
	require.Len(t, got, 2)
	require.Equal(t, []string{"7"}, got[0].IRemoved)
	require.Equal(t, "users", got[0].Subscription)
	require.NoError(t, w.cic.EndInteraction("7", at))
	require.Equal(t, []string{"7"}, c.poll()[0].IRemoved)
	require.Equal(t, 404, c.do("GET", "interactions/7?select=Eic_State", nil).status)
	require.Error(t, w.cic.EndInteraction("7", at))
	for _, bad := range []icwsserver.Interaction{{}, {ID: "1", State: "Z"}, {ID: "1", State: "AC"}, {ID: "1", Workgroup: "none"}} {
		require.Error(t, w.cic.PutInteraction("agent0001", bad))
	}
	require.Error(t, w.cic.PutInteraction("", icwsserver.Interaction{ID: "1"}))
	require.Error(t, w.cic.PutInteraction("ghost", icwsserver.Interaction{ID: "1"}))

	body = `{"queueIds":[{"queueType":1,"queueName":"ghost"},{"queueType":0,"queueName":""},{"queueType":3,"queueName":"8002"}],"attributeNames":["Eic_State"]}`
	require.Equal(t, 200, c.do("PUT", "messaging/subscriptions/queues/users", body).status)
	got = c.poll()
	require.Equal(t, 3, got[0].State, "a queue that does not exist faults the subscription")
	require.Equal(t, "queues:queueContentsMessage", got[1].kind())
	for _, bad := range []string{`{}`, `{"queueIds":[]}`, `{"queueIds":[{}],"attributeNames":[]}`, `{"queueIds":[{"queueType":9,"queueName":""}],"attributeNames":[]}`, `{"queueIds":[{"queueType":1}],"attributeNames":[]}`} {
		require.Equal(t, 400, c.do("PUT", "messaging/subscriptions/queues/users", bad).status, bad)
	}
}

func TestConfigurationPaging(t *testing.T) {
	w := newWorld(t, 450, icwsserver.Options{})
	c := w.dial()
	get := func(query, span string) answer {
		h := http.Header{}
		if span != "" {
			h.Set("Range", span)
		}
		return c.request("GET", "/icws/"+c.sid+"/configuration/users?"+query, h, nil)
	}
	items := func(a answer) []any { return a.fields(t)["items"].([]any) }
	require.Len(t, items(get("rightsFilter=view", "")), 450, "without select all come")
	a := get("rightsFilter=view&select=extension,workgroups", "")
	require.Len(t, items(a), 200)
	require.Equal(t, "items 0-199/450", a.header.Get("Content-Range"))
	a = get("rightsFilter=view&select=extension,workgroups", "items=400-599")
	require.Equal(t, 200, a.status)
	require.Equal(t, "items 400-449/450", a.header.Get("Content-Range"))
	require.Len(t, items(a), 50)
	last := items(a)[49].(map[string]any)
	require.Equal(t, "8450", last["extension"])
	require.Equal(t, "agent0450", last["configurationId"].(map[string]any)["id"])
	require.Len(t, last["workgroups"], 2)
	require.NotContains(t, last, "statusText")
	require.Equal(t, 416, get("rightsFilter=view", "items=450-").status)
	require.Equal(t, 400, get("rightsFilter=view", "lines=1-2").status)
	a = get("rightsFilter=view&where=configurationId.id%20sw%20AGENT001&orderBy=configurationId.id%20desc&select=*", "")
	require.Len(t, items(a), 10)
	require.Equal(t, "agent0019", items(a)[0].(map[string]any)["configurationId"].(map[string]any)["id"])
	a = get("rightsFilter=view&where=configurationId%20eq%20nobody&select=*", "items=0-199")
	require.Empty(t, items(a))
	require.Equal(t, "items */0", a.header.Get("Content-Range"))
	for _, bad := range []string{"rightsFilter=all", "rightsFilter=view&where=x", "rightsFilter=view&where=extension%20eq%201", "rightsFilter=view&orderBy=a%20b%20c", "rightsFilter=view&orderBy=extension"} {
		require.Equal(t, 400, get(bad, "").status, bad)
	}
	require.Empty(t, items(get("", "")), "rightsFilter is admin unless said otherwise")
	require.Equal(t, 403, c.do("GET", "configuration/users/agent0001", nil).status)
	require.Equal(t, 404, c.do("GET", "configuration/users/ghost?rightsFilter=view", nil).status)
	require.Equal(t, "8001", c.do("GET", "configuration/users/agent0001?rightsFilter=view&select=extension", nil).fields(t)["extension"])
	wg := c.do("GET", "configuration/workgroups/WFM%20RTA?rightsFilter=view&select=members,hasQueue,queueType", nil).fields(t)
	require.Len(t, wg["members"], 450)
	require.Equal(t, false, wg["hasQueue"])
	require.Len(t, items(c.do("GET", "configuration/status-messages?rightsFilter=view&select=*", nil)), 8)

	other := newWorld(t, 1, icwsserver.Options{PartialContent: true, Admin: true})
	c = other.dial()
	require.Equal(t, 206, get("", "items=0-199").status)
	require.Len(t, items(get("", "")), 1)
}

func TestChangeFeeds(t *testing.T) {
	w := newWorld(t, 3, icwsserver.Options{})
	c := w.dial()
	const path = "messaging/subscriptions/configuration/"
	require.Equal(t, 200, c.do("PUT", path+"workgroups/g", `{"configurationIds":["team 01","WFM RTA"],"properties":["members","extension"],"rightsFilter":"view"}`).status)
	require.Equal(t, 200, c.do("PUT", path+"users/u", `{"configurationIds":["*"],"properties":["extension"],"rightsFilter":"view"}`).status)
	got := c.poll()
	require.Equal(t, "configuration.people:workgroupsMessage", got[0].kind())
	require.Len(t, got[0].Added, 2)
	require.NotContains(t, got[0].Added[0], "extension", "null is left out")
	require.Len(t, got[1].Added, 3)

	require.NoError(t, w.cic.RemoveMember("Team 01", "agent0001"))
	require.NoError(t, w.cic.RemoveMember("Team 01", "agent0001"))
	require.NoError(t, w.cic.AddMember("Team 02", "agent0003"))
	require.NoError(t, w.cic.SetExtension("agent0001", ""))
	got = c.poll()
	require.Len(t, got, 2)
	require.Equal(t, "g", got[0].Subscription)
	require.Len(t, got[0].Changed[0]["members"], 0)
	require.Contains(t, got[1].Changed[0], "extension")
	require.Nil(t, got[1].Changed[0]["extension"], "null clears")

	require.NoError(t, w.cic.AddUser(icwsserver.User{ID: "newcomer", Extension: "9"}))
	require.NoError(t, w.cic.AddMember("WFM RTA", "newcomer"))
	require.NoError(t, w.cic.RemoveUser("newcomer"))
	require.NoError(t, w.cic.AddWorkgroup(icwsserver.Workgroup{Name: "New"}))
	require.NoError(t, w.cic.RemoveWorkgroup("WFM RTA"))
	got = c.poll()
	require.Equal(t, "9", got[0].Added[0]["extension"])
	require.Len(t, got[1].Changed[0]["members"], 4)
	require.Len(t, got[2].Changed[0]["members"], 3)
	require.Equal(t, []string{"newcomer"}, got[3].Removed)
	require.Equal(t, []string{"WFM RTA"}, got[len(got)-1].Removed)

	require.Equal(t, 404, c.do("PUT", path+"workgroups/g", `{"configurationIds":["ghost"],"properties":["members"],"rightsFilter":"view"}`).status)
	for body, property := range map[string]string{
		`{"configurationIds":["*"],"properties":["*"],"rightsFilter":"view"}`:  "properties",
		`{"configurationIds":["*"],"properties":["members"]}`:                  "rightsFilter",
		`{"properties":["members"],"rightsFilter":"view"}`:                     "configurationIds",
		`{"configurationIds":["*"],"rightsFilter":"view"}`:                     "properties",
		`{"configurationIds":["*"],"properties":["x"],"rightsFilter":"other"}`: "rightsFilter",
	} {
		a := c.do("PUT", path+"workgroups/g", body)
		require.Equal(t, 400, a.status)
		require.Equal(t, property, a.fields(t)["propertyName"])
	}
}

func TestLicences(t *testing.T) {
	w := newWorld(t, 1, icwsserver.Options{Licences: []string{"I3_FEATURE_ICWS_SDK", "I3_FEATURE_WFM_HISTORICAL"}})
	c := w.dial()
	items := c.do("GET", "configuration/feature-licenses?select=*", nil).fields(t)["items"].([]any)
	require.Len(t, items, 2)
	require.Equal(t, "I3_FEATURE_ICWS_SDK", items[0].(map[string]any)["configurationId"].(map[string]any)["id"])
	items = c.do("GET", "configuration/license-allocations?select=*", nil).fields(t)["items"].([]any)
	require.EqualValues(t, 1, items[1].(map[string]any)["totalCount"])
	results := c.do("POST", "licenses", `{"licenseList":["I3_FEATURE_ICWS_SDK","other"]}`).fields(t)["licenseOperationResultList"].([]any)
	require.Equal(t, map[string]any{"licenseName": "I3_FEATURE_ICWS_SDK", "isAvailable": true, "licenseStatus": 2.0, "errorDetails": ""}, results[0])
	require.EqualValues(t, 9, results[1].(map[string]any)["licenseStatus"])
	require.Equal(t, 200, c.do("PUT", "messaging/subscriptions/licenses", `{"licenseList":["other"]}`).status)
	require.Equal(t, []map[string]any{{"name": "other", "isAssigned": false}}, c.poll()[0].Licences)
	require.Equal(t, 200, c.do("DELETE", "licenses", nil).status)
	require.Equal(t, 400, c.do("PUT", "licenses", `{}`).status)

	closed := newWorld(t, 1, icwsserver.Options{NoLicenceRights: true}).dial()
	require.Equal(t, 403, closed.do("GET", "configuration/feature-licenses?select=*", nil).status)
}

func TestUnknownNamesAreErrors(t *testing.T) {
	cic, err := icwsserver.NewCIC(icwsserver.Plain(1, 1))
	require.NoError(t, err)
	for i, err := range []error{
		cic.SetStatus("ghost", "Available", at), cic.SetStatus("agent0001", "none", at), cic.LogOn("ghost", at), cic.LogOff("ghost", at),
		cic.SetOnPhone("ghost", true, at), cic.AddMember("Team 01", "ghost"), cic.AddMember("none", "agent0001"), cic.RemoveUser("ghost"),
		cic.RemoveWorkgroup("none"), cic.SetActivated("ghost", "Team 01", true), cic.SetActivated("agent0001", "none", true),
		cic.SetExtension("ghost", "1"), cic.RemoveStatus("none"),
	} {
		require.Equal(t, wfm.NotFound, wfm.KindOf(err), fmt.Sprint(i, err))
	}
	_, err = cic.Agent("ghost")
	require.Error(t, err)
	require.Error(t, cic.AddUser(icwsserver.User{ID: "AGENT0001"}))
	require.Error(t, cic.AddWorkgroup(icwsserver.Workgroup{Name: "TEAM 01"}))
	require.Error(t, cic.DefineStatus(wfm.StatusDefinition{}))
	require.Equal(t, []wfm.Workgroup{"Team 01", "WFM RTA"}, cic.Workgroups())
}

// TestRemovedUsersFallSilent: also where notifications wait for the end of the second.
func TestRemovedUsersFallSilent(t *testing.T) {
	cfg := icwsserver.Plain(2, 1)
	cfg.Now = func() time.Time { return at } // at the beginning of a second
	cic, err := icwsserver.NewCIC(cfg)
	require.NoError(t, err)
	w := serve(t, cic, icwsserver.Options{PerSecond: true})
	c := w.dial()
	c.watch([]string{"agent0001", "agent0002"})
	require.Len(t, c.poll(), 1)
	require.NoError(t, w.cic.SetStatus("agent0001", "At lunch", time.Time{}))
	require.NoError(t, w.cic.SetStatus("agent0002", "At lunch", time.Time{}))
	require.NoError(t, w.cic.RemoveUser("agent0001"))
	var told []any
	require.Eventually(t, func() bool {
		for _, m := range c.poll() {
			for _, u := range m.statuses(t) {
				told = append(told, u["userId"])
			}
		}
		return len(told) > 0
	}, 5*time.Second, 50*time.Millisecond)
	require.NotContains(t, told, "agent0001")
}

package icwsserver

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

// Kinds of configuration objects, as the paths name them.
const (
	kindUsers       = "users"
	kindWorkgroups  = "workgroups"
	kindStatuses    = "status-messages"
	kindFeatures    = "feature-licenses"
	kindAllocations = "license-allocations"
)

// object is a configuration object as JSON, by property. Properties without a value are nil.
type object map[string]any

func ref(kind, id, name string) configID {
	return configID{ID: id, Name: name, URI: "/configuration/" + kind + "/" + url.PathEscape(id)}
}

func (u *user) object() object {
	groups := make([]configID, len(u.groups))
	for i, w := range u.groups {
		groups[i] = ref(kindWorkgroups, string(w.name), string(w.name))
	}
	o := object{"configurationId": ref(kindUsers, string(u.ID), u.Name), "workgroups": groups, "statusText": string(u.status.Key),
		"homeSite": 1, "lastModifiedDate": compactTime(u.modified), "extension": nil, "defaultWorkstation": nil, "alias": nil}
	if u.Extension != "" {
		o["extension"] = u.Extension
	}
	if u.Station != "" {
		o["defaultWorkstation"] = ref("stations", u.Station, u.Station)
	}
	return o
}

func (w *workgroup) object() object {
	members := make([]configID, len(w.members))
	for i, u := range w.members {
		members[i] = ref(kindUsers, string(u.ID), u.Name)
	}
	queueType := 0
	if w.queue {
		queueType = 5
	}
	return object{"configurationId": ref(kindWorkgroups, string(w.name), string(w.name)), "members": members, "supervisors": []configID{},
		"hasQueue": w.queue, "isActive": true, "queueType": queueType, "isWrapUpActive": w.queue, "wrapUpTimeout": 0, "extension": nil,
		"membersSpanSites": false}
}

func (s *status) object() object {
	return object{"configurationId": ref(kindStatuses, string(s.Key), string(s.Key)), "allowAcdCalls": s.ACD, "allowFollowUp": s.ACD,
		"hasDate": false, "hasTime": false, "isAfterCallWork": s.ACW, "isDoNotDisturb": s.DND, "isForward": false, "isPersistent": true,
		"isUserSelectable": !s.ACW, "group": string(s.Group)}
}

func (o object) id() configID { return o["configurationId"].(configID) }

// pick keeps the named properties and always the id. Null ones go where dropNull is set.
func (o object) pick(names []string, dropNull bool) object {
	out := object{"configurationId": o["configurationId"]}
	for _, name := range names {
		for key, value := range o {
			if (name == "*" || strings.EqualFold(name, key)) && !(dropNull && value == nil) {
				out[key] = value
			}
		}
	}
	return out
}

// objects returns all objects of a kind. Called under CIC.mu.
func (c *CIC) objects(kind string) []object {
	var list []object
	switch kind {
	case kindUsers:
		for _, u := range c.sortedUsers() {
			list = append(list, u.object())
		}
	case kindWorkgroups:
		for _, w := range c.sortedWorkgroups() {
			list = append(list, w.object())
		}
	case kindStatuses:
		for _, s := range c.statusOrder {
			list = append(list, s.object())
		}
	}
	return list
}

// object finds one object; nil where there is none.
func (c *CIC) object(kind, id string) object {
	switch kind {
	case kindUsers:
		if u, err := c.user(wfm.AgentID(id)); err == nil {
			return u.object()
		}
	case kindWorkgroups:
		if w, err := c.workgroup(wfm.Workgroup(id)); err == nil {
			return w.object()
		}
	}
	return nil
}

// visible tells whether a rightsFilter lets this account see objects: admin, which is the default, only with
// administrator rights.
func (q *request) visible(filter string) (bool, *fault) {
	switch strings.ToLower(filter) {
	case "view":
		return true, nil
	case "", "admin":
		return q.options().Admin, nil
	}
	return false, invalid("rightsFilter")
}

// getConfiguration lists objects. Where the rights do not suffice the list is empty: a filter, not an error.
func getConfiguration(q *request, kind string) (reply, *fault) {
	visible, f := q.visible(q.URL.Query().Get("rightsFilter"))
	if f != nil {
		return reply{}, f
	}
	c := q.cic()
	c.mu.Lock()
	var list []object
	if visible {
		list = c.objects(kind)
	}
	c.mu.Unlock()
	return q.page(list)
}

func getConfigured(q *request, kind string) (reply, *fault) {
	visible, f := q.visible(q.URL.Query().Get("rightsFilter"))
	if f != nil {
		return reply{}, f
	}
	c := q.cic()
	c.mu.Lock()
	defer c.mu.Unlock()
	o := c.object(kind, q.param(0))
	switch {
	case o == nil:
		return reply{}, notFound("The object was not found.")
	case !visible:
		return reply{}, forbidden()
	}
	return ok(o.pick(q.list("select"), false))
}

// mostSelected is how many objects a reply holds at most where select is given.
const mostSelected = 200

// page filters, orders, cuts and picks a list, as the query and the header Range ask.
func (q *request) page(list []object) (reply, *fault) {
	keep, f := parseWhere(q.URL.Query().Get("where"))
	if f != nil {
		return reply{}, f
	}
	less, f := parseOrder(q.URL.Query().Get("orderBy"))
	if f != nil {
		return reply{}, f
	}
	list = slices.DeleteFunc(list, func(o object) bool { return !keep(o.id()) })
	slices.SortStableFunc(list, func(a, b object) int { return less(a.id(), b.id()) })
	properties := q.list("select")
	first, last := 0, len(list)-1
	header := q.Header.Get("Range")
	if header != "" {
		if first, last, f = parseRange(header); f != nil {
			return reply{}, f
		}
		if first > 0 && first >= len(list) {
			q.w.Header().Set("Content-Range", fmt.Sprintf("items */%d", len(list)))
			return reply{}, refuse(http.StatusRequestedRangeNotSatisfiable, "", 0, "The range begins behind the last item.")
		}
		last = min(last, len(list)-1)
	}
	if properties != nil {
		last = min(last, first+mostSelected-1)
	}
	items := []object{}
	for i := first; i <= last; i++ {
		items = append(items, list[i].pick(properties, false))
	}
	if header != "" || properties != nil {
		span := "items */0"
		if len(items) > 0 {
			span = fmt.Sprintf("items %d-%d/%d", first, last, len(list))
		}
		q.w.Header().Set("Content-Range", span)
	}
	status := http.StatusOK
	if header != "" && q.options().PartialContent {
		status = http.StatusPartialContent
	}
	return reply{status: status, body: struct {
		Items []object `json:"items"`
	}{items}}, nil
}

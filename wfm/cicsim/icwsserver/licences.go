package icwsserver

import (
	"slices"
)

// licenseStatus
const (
	licenceAvailable = 2
	licenceUnknown   = 9
)

// getLicences reads the licence features of the server, or how many of each there are. Both need rights.
func getLicences(q *request, kind string) (reply, *fault) {
	if q.options().NoLicenceRights {
		return reply{}, forbidden()
	}
	var list []object
	for _, name := range q.options().Licences {
		o := object{"configurationId": ref(kind, name, name)}
		if kind == kindAllocations {
			o["totalCount"], o["totalAppliedCount"], o["concurrentAllowedCount"], o["concurrentInUseCount"] = 1, 1, 1, 0
		}
		list = append(list, o)
	}
	return q.page(list)
}

func (q *request) licenceNames() ([]string, *fault) {
	var in struct {
		List []string `json:"licenseList"`
	}
	if f := q.decode(&in); f != nil {
		return nil, f
	}
	if in.List == nil {
		return nil, missing("licenseList")
	}
	return in.List, nil
}

// acquireLicences says of each licence whether the server has it. It counts nothing.
func acquireLicences(q *request) (reply, *fault) {
	names, f := q.licenceNames()
	if f != nil {
		return reply{}, f
	}
	results := make([]licenceResult, len(names))
	for i, name := range names {
		results[i] = licenceResult{Name: name, Available: slices.Contains(q.options().Licences, name), Status: licenceAvailable}
		if !results[i].Available {
			results[i].Status, results[i].Details = licenceUnknown, "The license is not known."
		}
	}
	return ok(struct {
		Results []licenceResult `json:"licenseOperationResultList"`
	}{results})
}

// licenceSubscription tells once what the server has, since its licences never change.
type licenceSubscription struct {
	session *session
	names   []string
}

func subscribeLicences(q *request) (subscription, *fault) {
	names, f := q.licenceNames()
	if f != nil {
		return nil, f
	}
	return &licenceSubscription{q.session, names}, nil
}

func (*licenceSubscription) detach() {}

func (s *licenceSubscription) full() {
	type assigned struct {
		Name string `json:"name"`
		Is   bool   `json:"isAssigned"`
	}
	list := make([]assigned, len(s.names))
	for i, name := range s.names {
		list[i] = assigned{name, slices.Contains(s.session.server.pair.opt.Licences, name)}
	}
	s.session.push(message{json: marshal(struct {
		Type    string     `json:"__type"`
		IsDelta bool       `json:"isDelta"`
		List    []assigned `json:"licenseAssignedStatusList"`
	}{typePrefix + "licenses:licenseMessage", false, list})})
}

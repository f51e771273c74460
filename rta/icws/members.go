package icws

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/cicwfm/cicwfm/wfm"
)

// membership is who belongs to the workgroups of a query.
type membership struct {
	// agents are those by folded id, spelled as the configuration spells them first.
	agents map[string]*member
	// workgroups are the ids of the query's workgroups that exist, as the server spells them, with their members (folded).
	workgroups map[string]map[string]bool
	missing    []wfm.Workgroup
	all        []wfm.Workgroup // every workgroup that the account may see, in no order
}

type member struct {
	id     string
	groups []wfm.Workgroup // sorted; spelled as the query does
}

// readMembers reads the members of the workgroups. A workgroup that does not exist or may not be seen is missing; not being
// allowed to see workgroups at all is an error.
func (s *session) readMembers(ctx context.Context, wanted []wfm.Workgroup) (*membership, error) {
	ids := map[string]string{} // folded to the server's spelling
	if err := s.objects(ctx, "workgroups", "", func(o *configObject) { ids[fold(o.ID.ID)] = o.ID.ID }); err != nil {
		return nil, err
	}
	ms := &membership{agents: map[string]*member{}, workgroups: map[string]map[string]bool{}}
	for _, id := range ids {
		ms.all = append(ms.all, wfm.Workgroup(id))
	}
	for _, g := range wanted {
		id, ok := ids[fold(string(g))]
		if !ok {
			ms.missing = append(ms.missing, g)
			continue
		}
		if _, twice := ms.workgroups[id]; twice {
			continue
		}
		o, err := s.workgroup(ctx, id)
		if refusedWith(err, http.StatusNotFound, http.StatusForbidden) {
			ms.missing = append(ms.missing, g)
			continue
		} else if err != nil {
			return nil, err
		}
		in := map[string]bool{}
		for _, c := range o.Members {
			f := fold(c.ID)
			if c.ID == "" || in[f] {
				continue
			}
			in[f] = true
			if ms.agents[f] == nil {
				ms.agents[f] = &member{id: c.ID}
			}
			ms.agents[f].groups = append(ms.agents[f].groups, g)
		}
		ms.workgroups[id] = in
	}
	for _, m := range ms.agents {
		slices.Sort(m.groups)
	}
	return ms, nil
}

// workgroup reads one workgroup with its members: by its id, or out of the list where the server knows no such resource.
func (s *session) workgroup(ctx context.Context, id string) (*configObject, error) {
	const selected = "configurationId,members"
	var o configObject
	err := s.get(ctx, "configuration/workgroups/"+url.PathEscape(id)+"?select="+selected+"&rightsFilter=view", &o)
	if !refusedWith(err, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusBadRequest) {
		return &o, err
	}
	found := false
	if inner := s.objects(ctx, "workgroups", selected, func(have *configObject) {
		if fold(have.ID.ID) == fold(id) {
			o, found = *have, true
		}
	}); inner != nil {
		return nil, inner
	}
	if found {
		return &o, nil
	}
	return nil, err
}

// readExtensions reads the extensions of agents: one by one for a few, else the whole list.
func (s *session) readExtensions(ctx context.Context, ids []string) (map[string]string, error) {
	const selected = "configurationId,extension"
	const few = 20
	found := map[string]string{} // by folded id
	if len(ids) > few {
		err := s.objects(ctx, "users", selected, func(o *configObject) { found[fold(o.ID.ID)] = o.Extension.String() })
		return found, err
	}
	for _, id := range ids {
		var o configObject
		err := s.get(ctx, "configuration/users/"+url.PathEscape(id)+"?select="+selected+"&rightsFilter=view", &o)
		switch {
		case refusedWith(err, http.StatusNotFound):
		case err != nil:
			return found, err
		default:
			found[fold(id)] = o.Extension.String()
		}
	}
	return found, nil
}

package icws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// pageSize is the most that a server gives at once where properties are selected.
const (
	pageSize = 200
	maxPages = 5000
	maxList  = 8 * maxReply // bytes of all pages of a list
)

// list reads a configuration list, in pages, and calls yield for each item. rightsFilter is always view,
// since the server's default is admin.
func (s *session) list(ctx context.Context, resource, selected string, yield func(json.RawMessage) error) error {
	query := "?rightsFilter=view"
	if selected != "" {
		query = "?select=" + selected + "&rightsFilter=view"
	}
	for from, pages, bytes := 0, 0, 0; pages < maxPages && bytes <= maxList; pages++ {
		q := &request{method: http.MethodGet, resource: "configuration/" + resource + query}
		if selected != "" || from > 0 {
			q.ranged = fmt.Sprintf("items=%d-%d", from, from+pageSize-1)
		}
		a, err := s.do(ctx, q)
		if from > 0 && refusedWith(err, http.StatusRequestedRangeNotSatisfiable) {
			return nil
		}
		if err != nil {
			return err
		}
		bytes += len(a.body)
		var page struct {
			Items []json.RawMessage `json:"items"`
		}
		if err := s.decode(q, a.body, &page); err != nil {
			return err
		}
		for _, item := range page.Items {
			if err := yield(item); err != nil {
				return badData(s.at.name, q.label(), err)
			}
		}
		first, last, total, told := contentRange(a.header.Get("Content-Range"))
		switch {
		case len(page.Items) == 0:
			return nil
		case told && (first != from || last < first):
			return badData(s.at.name, q.label(), errors.New("another range than was asked for"))
		case told && total >= 0:
			if last+1 >= total {
				return nil
			}
			from = last + 1
		case q.ranged == "" || len(page.Items) != pageSize:
			return nil // everything at once, or the last page
		default:
			from += pageSize
		}
	}
	return badData(s.at.name, resource, errors.New("a list that does not end"))
}

// contentRange reads "items a-b/total"; total is -1 where it is not told.
func contentRange(h string) (first, last, total int, ok bool) {
	span, all, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(h), "items")), "/")
	from, to, ok2 := strings.Cut(span, "-")
	first, err1 := strconv.Atoi(strings.TrimSpace(from))
	last, err2 := strconv.Atoi(strings.TrimSpace(to))
	if !ok || !ok2 || err1 != nil || err2 != nil || first < 0 || last < 0 {
		return 0, 0, 0, false
	}
	total, err := strconv.Atoi(strings.TrimSpace(all))
	if err != nil || total < 0 {
		total = -1
	}
	return first, last, total, true
}

// objects reads a list of users or workgroups.
func (s *session) objects(ctx context.Context, resource, selected string, yield func(*configObject)) error {
	return s.list(ctx, resource, selected, func(raw json.RawMessage) error {
		var o configObject
		if err := json.Unmarshal(raw, &o); err != nil {
			return errors.New("an item whose values have other types than documented")
		}
		if o.ID.ID != "" {
			yield(&o)
		}
		return nil
	})
}

package icws

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/cicwfm/cicwfm/wfm"
)

// Features implements rta.FeatureLister: the ids (I3_FEATURE_…) of the server's feature licences, sorted. It uses the
// session of Run, or a short one of its own. Without the right to read licences the error is of kind
// wfm.NoPermission: that is "unknown", not "not licensed".
func (c *Client) Features(ctx context.Context) ([]string, error) {
	var list []string
	err := c.withSession(ctx, func(s *session, _ *monitor) error {
		list = nil
		err := s.list(ctx, "feature-licenses", "*", func(raw json.RawMessage) error {
			var o struct {
				ID struct {
					ID string `json:"id"`
				} `json:"configurationId"`
			}
			if json.Unmarshal(raw, &o) != nil {
				return errors.New("a licence whose values have other types than documented")
			}
			if o.ID.ID != "" {
				list = append(list, o.ID.ID)
			}
			return nil
		})
		if refusedWith(err, http.StatusForbidden) {
			return &wfm.Error{Op: "read the licence features", Kind: wfm.NoPermission, Err: err,
				Remedy: "give the CIC user the right to view licences, or declare them in the configuration"}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

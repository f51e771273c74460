package integration

import (
	"context"
	"slices"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/wfm"
)

// licensed asks the licence which servers of a feed may be read, and keeps the answers for Status.
// The error says that none may, or that it cannot be known now.
func (s *Service) licensed(ctx context.Context, f *feed) ([]Server, error) {
	names := make([]string, len(f.Servers))
	for i, srv := range f.Servers {
		names[i] = srv.Name
	}
	result := s.set.Load().licence.Check(ctx, license.Historical, names)
	shown := make([]LicenceStatus, len(result.Decisions))
	for i, d := range result.Decisions {
		shown[i] = LicenceStatus{Server: d.Server, State: string(d.State), Reason: d.Reason}
	}
	err := result.Err()
	retry, _ := wfm.ShouldRetry(err)
	f.mu.Lock()
	f.status.Licence, f.status.Refused = shown, err != nil && !retry
	f.mu.Unlock()
	if err != nil {
		return nil, err
	}
	for _, d := range result.Decisions {
		// A licence that cannot be read now is not a missing one: without the server the figures of the
		// others would go out as if they were all.
		if retry, after := wfm.ShouldRetry(d.Err); d.State == license.Unknown && retry && !f.DeliverPartial {
			return nil, &wfm.Error{Op: "ask for the licence of server " + wfm.Quote(d.Server), Kind: wfm.KindOf(d.Err), Retry: true, After: after,
				Err: d.Err, Remedy: "deliver partial intervals if the feed must go on without it"}
		}
	}
	may := result.Licensed()
	return slices.DeleteFunc(slices.Clone(f.Servers), func(srv Server) bool { return !slices.Contains(may, srv.Name) }), nil
}

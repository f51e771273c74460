package integration

import (
	"context"
	"slices"

	"github.com/cicwfm/cicwfm/license"
)

// licensed asks the licence which servers of a feed may be read, and keeps the answers for Status.
// The error says that none may.
func (s *Service) licensed(ctx context.Context, f *feed) ([]Server, error) {
	names := make([]string, len(f.Servers))
	for i, srv := range f.Servers {
		names[i] = srv.Name
	}
	result := s.o.Licence.Check(ctx, license.Historical, names)
	shown := make([]LicenceStatus, len(result.Decisions))
	for i, d := range result.Decisions {
		shown[i] = LicenceStatus{Server: d.Server, State: string(d.State), Reason: d.Reason}
	}
	f.mu.Lock()
	f.status.Licence = shown
	f.mu.Unlock()
	if err := result.Err(); err != nil {
		return nil, err
	}
	may := result.Licensed()
	return slices.DeleteFunc(slices.Clone(f.Servers), func(srv Server) bool { return !slices.Contains(may, srv.Name) }), nil
}

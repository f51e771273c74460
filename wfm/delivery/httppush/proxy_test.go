package httppush

import (
	"errors"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/internal/links"
)

// TestProxyAddressStaysOutOfErrors: the environment may name a proxy with its password.
func TestProxyAddressStaysOutOfErrors(t *testing.T) {
	to, problems := targets([]string{"https://api.example.com/x"}, false)
	require.Empty(t, problems)
	o := Options{}
	_, backoff, problems := o.settle()
	require.Empty(t, problems)
	p, err := newPoster(to[0], &o, links.TLSFiles{}, backoff)
	require.NoError(t, err)
	defer p.close()
	transport := p.client.Transport.(*http.Transport)
	require.NotNil(t, transport.Proxy)
	transport.Proxy = quietly(func(*http.Request) (*url.URL, error) {
		return nil, errors.New(`invalid proxy address "http://user:hunter2@[x"`)
	})
	began := time.Now()
	err = p.post(t.Context(), t.Context(), []byte("{}"))
	require.EqualError(t, err, "use the proxy of the environment: its address cannot be read; correct HTTPS_PROXY and HTTP_PROXY, or name the service in NO_PROXY")
	require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
	require.Less(t, time.Since(began), 20*time.Second, "not tried again")

	same := &url.URL{Scheme: "http", Host: "proxy"}
	got, err := quietly(func(*http.Request) (*url.URL, error) { return same, nil })(nil)
	require.NoError(t, err)
	require.Same(t, same, got)
}

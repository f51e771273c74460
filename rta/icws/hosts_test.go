package icws

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func bases(list []endpoint) (urls []string) {
	for _, e := range list {
		urls = append(urls, e.base)
	}
	return urls
}

func TestEndpoints(t *testing.T) {
	for _, c := range []struct {
		name        string
		urls, hosts []string
		want        []string
		alternates  []string // named by the first
		then        []string
	}{
		{"plain", []string{"http://cic-a:8018"}, nil, []string{"http://cic-a:8018/icws"},
			[]string{"CIC-B", "cic-c:9000", "2001:db8::1", "[2001:db8::2]:81"},
			[]string{"http://cic-b:8018/icws", "http://cic-c:9000/icws", "http://[2001:db8::1]:8018/icws", "http://[2001:db8::2]:81/icws"}},
		{"prefix, doubles", []string{"https://p:1/cic/", "https://P:1/cic/icws/", "https://p:1/cic/icws"}, nil, []string{"https://p:1/cic/icws"}, []string{"q"}, []string{"https://q:1/cic/icws"}},
		{"template in the path", []string{"https://proxy/api/{host}"}, []string{"a", "b"}, []string{"https://proxy/api/a/icws", "https://proxy/api/b/icws"}, []string{"c"}, []string{"https://proxy/api/c/icws"}},
		{"template of the host", []string{"https://{host}:8019"}, []string{"a", "b:1"}, []string{"https://a:8019/icws", "https://b:1/icws"}, []string{"c"}, []string{"https://c:8019/icws"}},
		{"hostile alternates", []string{"https://a"}, nil, []string{"https://a/icws"},
			[]string{"http://evil", "evil/path", "u@evil", "evil?x", "evil#x", "", " ", "a b", "x\r\ny", strings.Repeat("x", 300), "..", ":", "a:b"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var problems []error
			list := endpointsOf(c.urls, c.hosts, problemsOf(&problems))
			require.Empty(t, problems)
			require.Equal(t, c.want, bases(list))
			require.Equal(t, c.then, bases(list[0].alternates(c.alternates)))
		})
	}
	var many []string
	for range 1000 {
		many = append(many, strings.Repeat("x", len(many)%100+1))
	}
	e := endpointsOf([]string{"https://a"}, nil, func(string, string, string) {})
	require.LessOrEqual(t, len(e[0].alternates(many)), maxHosts)

	for _, bad := range [][]string{nil, {"cic-a"}, {"ftp://a"}, {"https://a?x=1"}, {"https://{host}"}, {"https://x{host}"}, {"https://%zz"}} {
		var problems []error
		endpointsOf(bad, nil, problemsOf(&problems))
		require.NotEmpty(t, problems, bad)
	}
	var problems []error
	endpointsOf([]string{"https://a"}, []string{"b"}, problemsOf(&problems))
	require.Len(t, problems, 1)
}

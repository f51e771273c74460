package config

import (
	"context"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

// licences makes the gate. A server's own features come before what icws or the declaration for all says.
func (b *builder) licences(sources []madeServer) {
	l := b.c.Licences
	declared := license.Declared{ByServer: map[string][]license.Feature{}, All: featureList(l.Features)}
	var readable []integration.RealTimeServer
	for _, made := range sources {
		if len(made.server.Features) > 0 {
			declared.ByServer[made.server.Name] = featureList(made.server.Features)
		}
		if made.client != nil {
			readable = append(readable, integration.RealTimeServer{Name: made.server.Name, Source: made.client})
		}
	}
	var reader license.FeatureReader = declared
	if l.From != "declared" {
		reader = mixed{declared, integration.FeaturesOf(readable)}
	}
	b.built.Options.Licence = license.NewGate(reader, license.Options{RealTime: license.Feature(l.RealTimeFeature)})
}

func featureList(names []string) (list []license.Feature) {
	for _, n := range names {
		list = append(list, license.Feature(n))
	}
	return list
}

// mixed takes what a server declares, and else asks the server.
type mixed struct {
	declared license.Declared
	asked    license.FeatureReader
}

// Features returns the declared features of a server, or asks it.
func (m mixed) Features(ctx context.Context, server string) ([]license.Feature, error) {
	if _, ok := m.declared.ByServer[server]; ok {
		return m.declared.Features(ctx, server)
	}
	return m.asked.Features(ctx, server)
}

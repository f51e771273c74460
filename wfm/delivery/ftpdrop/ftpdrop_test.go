package ftpdrop_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm/delivery/deliverytest"
	"github.com/cicwfm/cicwfm/wfm/delivery/ftpdrop"
)

// securities are the three ways, by name.
var securities = map[string]ftpdrop.Security{"plain": ftpdrop.Plain, "explicit": ftpdrop.Explicit, "implicit": ftpdrop.Implicit}

func TestConforms(t *testing.T) {
	for name, security := range securities {
		t.Run(name, func(t *testing.T) {
			deliverytest.Run(t, func(context.Context) (*deliverytest.Harness, error) {
				o, dir, _ := serve(t, security, nil)
				d, err := ftpdrop.New(o)
				if err != nil {
					return nil, err
				}
				return &deliverytest.Harness{Transport: d, Files: deliverytest.FilesIn(dir), Close: d.Close}, nil
			})
		})
	}
}

func TestReceipt(t *testing.T) {
	o, _, _ := serve(t, ftpdrop.Plain, nil)
	o.Folder = "/drop"
	r, err := open(t, o).Deliver(t.Context(), call("x"))
	require.NoError(t, err)
	require.Equal(t, fmt.Sprintf("ftp://%s//drop/call.txt", o.Address), r.Where)
}

package delivery_test

import (
	"context"
	"fmt"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// printer is a transport of one's own: it "delivers" to standard output.
type printer struct{}

func (printer) Deliver(_ context.Context, a wfm.Artifact) (delivery.Receipt, error) {
	name, err := delivery.SafeName(a.Name) // names are not to be trusted
	if err != nil {
		return delivery.Receipt{}, err
	}
	fmt.Printf("%s: %s", name, a.Bytes)
	return delivery.Receipt{Where: "standard output", Bytes: int64(len(a.Bytes))}, nil
}

// A transport of your own needs one method; deliverytest proves that it keeps the contract.
func ExampleTransport() {
	var t delivery.Transport = printer{}
	receipt, err := t.Deliver(context.Background(), wfm.Artifact{Kind: "call", Name: "Sales/East.csv", Bytes: []byte("offered 5\n")})
	if err != nil {
		panic(err)
	}
	fmt.Println(receipt.Bytes, "bytes to", receipt.Where)
	// Output:
	// Sales%2FEast.csv: offered 5
	// 10 bytes to standard output
}

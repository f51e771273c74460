// Package historicaltest helps to test what stands around a historical.Source: [Memory] is a
// source held in memory, and [Check] proves that a source of your own keeps the contract.
//
// Its place in the flow: instead of historical/cicsql, in tests.
package historicaltest

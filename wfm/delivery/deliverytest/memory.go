package deliverytest

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// Memory is a transport into memory that keeps every rule. The zero value is empty and ready.
type Memory struct {
	mu    sync.Mutex
	files map[string][]byte
}

var (
	_ delivery.Transport = (*Memory)(nil)
	_ delivery.Prober    = (*Memory)(nil)
	_ delivery.Checker   = (*Memory)(nil)
)

// Deliver keeps a copy of the bytes.
func (m *Memory) Deliver(ctx context.Context, a wfm.Artifact) (delivery.Receipt, error) {
	name, err := delivery.SafeName(a.Name)
	if err != nil {
		return delivery.Receipt{}, err
	}
	content := slices.Clone(a.Bytes)
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return delivery.Receipt{}, err
	}
	if m.files == nil {
		m.files = map[string][]byte{}
	}
	m.files[name] = content
	return receipt(name, content), nil
}

func receipt(name string, content []byte) delivery.Receipt {
	return delivery.Receipt{Where: "memory:" + name, Bytes: int64(len(content))}
}

// Probe looks for the artifact.
func (m *Memory) Probe(ctx context.Context, a wfm.Artifact) (delivery.Receipt, bool, error) {
	name, err := delivery.SafeName(a.Name)
	if err != nil {
		return delivery.Receipt{}, false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	content, ok := m.files[name]
	if !ok || !bytes.Equal(content, a.Bytes) {
		return delivery.Receipt{}, false, ctx.Err()
	}
	return receipt(name, content), true, ctx.Err()
}

// Check always succeeds while the context lasts.
func (m *Memory) Check(ctx context.Context) error { return ctx.Err() }

// Files returns what was delivered, by safe name. The contents must not be changed.
func (m *Memory) Files() map[string][]byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.files)
}

// FilesIn is Harness.Files for a folder on this machine.
func FilesIn(dir string) func(context.Context) (map[string][]byte, error) {
	return func(ctx context.Context) (map[string][]byte, error) {
		list, err := os.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		files := map[string][]byte{}
		for _, entry := range list {
			content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, err
			}
			files[entry.Name()] = content
		}
		return files, ctx.Err()
	}
}

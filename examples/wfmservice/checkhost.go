package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/wfm"
)

const (
	expirySoon = 30 * 24 * time.Hour
	diskWarn   = 1 << 30
	diskFail   = 50 << 20
)

// hostTasks looks at this host: the port of the health page, and where the log goes.
func (k *checker) hostTasks() (tasks []task) {
	if at := k.t.Service.Listen; at != "off" {
		tasks = append(tasks, task{group: inHost, item: "health page", do: func(ctx context.Context) []row { return k.listener(ctx, "health page", at, "service.listen") }})
	}
	if file := k.t.LogFile; file != "" {
		tasks = append(tasks, task{group: inHost, item: "log", do: func(context.Context) []row { return k.logFolder(dirOf(file)) }})
	}
	return tasks
}

func (k *checker) logFolder(folder string) []row {
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return []row{newRow(inHost, "log", markNote, "the folder "+wfm.Quote(folder)+" is not there and is made at the start", "")}
	case err != nil:
		return []row{newRow(inHost, "log", markFail, "the folder "+wfm.Quote(folder)+" cannot be used: "+cli.Reason(err), "create the folder, or correct service.log.file")}
	case !info.IsDir():
		return []row{newRow(inHost, "log", markFail, wfm.Quote(folder)+" is not a folder", "correct service.log.file")}
	}
	if err := tryFolder(folder); err != nil {
		return []row{newRow(inHost, "log", markFail, "no file can be made in "+wfm.Quote(folder)+": "+cli.Reason(err), "give the service's account the right to write there")}
	}
	return append([]row{newRow(inHost, "log", markOK, "can be written in "+wfm.Quote(folder), "")}, diskRow(inHost, "log", folder)...)
}

// serviceRuns tells whether something answers at the address of the health page as this service does.
func serviceRuns(ctx context.Context, at string) bool {
	if at == "off" {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+at+"/healthz", nil)
	if err != nil {
		return false
	}
	transport := &http.Transport{DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK || response.StatusCode == http.StatusServiceUnavailable
}

// diskRow says how much room there is, where the system can tell.
func diskRow(g group, item, folder string) []row {
	free, ok := freeBytes(folder)
	if !ok || free >= diskWarn {
		return nil
	}
	m := markWarn
	if free < diskFail {
		m = markFail
	}
	return []row{newRow(g, item, m, fmt.Sprintf("only %d MB are free at %s", free>>20, wfm.Quote(folder)), "make room on the disk")}
}

// certificates looks into the files of certificates.
func (k *checker) certificates() (rows []row) {
	files := slices.Clone(k.t.Certificates)
	slices.Sort(files)
	for _, file := range slices.Compact(files) {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // said already
		}
		found := false
		for {
			var block *pem.Block
			if block, text = pem.Decode(text); block == nil {
				break
			}
			if block.Type != "CERTIFICATE" {
				continue
			}
			cert, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				rows = append(rows, newRow(inConfiguration, file, markFail, "holds a certificate that cannot be read: "+err.Error(), "export it anew in PEM form"))
				continue
			}
			found = true
			rows = append(rows, k.expiry(inConfiguration, file, "the certificate "+wfm.Quote(cert.Subject.CommonName), cert)...)
		}
		if !found {
			rows = append(rows, newRow(inConfiguration, file, markFail, "holds no certificate", "give a file in PEM form, which begins with -----BEGIN CERTIFICATE-----"))
		}
	}
	return rows
}

// expiry says that a certificate ends soon, or ended.
func (k *checker) expiry(g group, item, what string, cert *x509.Certificate) []row {
	left := cert.NotAfter.Sub(k.now)
	switch {
	case k.now.Before(cert.NotBefore):
		return []row{newRow(g, item, markFail, what+" is valid only from "+cert.NotBefore.UTC().Format(time.RFC3339), "see whether the clock of this host is right")}
	case left <= 0:
		return []row{newRow(g, item, markFail, what+" expired on "+cert.NotAfter.UTC().Format(time.RFC3339), "renew it")}
	case left < expirySoon:
		return []row{newRow(g, item, markWarn, fmt.Sprintf("%s expires on %s, in %d days", what, cert.NotAfter.UTC().Format(time.RFC3339), int(left.Hours()/24)), "renew it")}
	}
	return nil
}

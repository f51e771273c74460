package faultnet

import (
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
)

var (
	// The answers to EPSV (RFC 2428, section 3) and PASV (RFC 959, section 4.1.2).
	extendedPassive = regexp.MustCompile(`^(229 .*\(\|\|\|)(\d+)(\|\).*)$`)
	passive         = regexp.MustCompile(`^(227 \D*)\d+,\d+,\d+,\d+,(\d+),(\d+)(.*)$`)
)

// redirect gives an answer that names a port for a data connection one of the proxy's; other lines stay.
func (p *Proxy) redirect(unit []byte) []byte {
	line := strings.TrimRight(string(unit), "\r\n")
	if m := extendedPassive.FindStringSubmatch(line); m != nil {
		if port := p.dataPort(m[2]); port != 0 {
			return fmt.Appendf(nil, "%s%d%s\r\n", m[1], port, m[3])
		}
	}
	if m := passive.FindStringSubmatch(line); m != nil {
		high, _ := strconv.Atoi(m[2]) // digits alone
		low, _ := strconv.Atoi(m[3])
		if port := p.dataPort(strconv.Itoa(high<<8 | low)); port != 0 {
			return fmt.Appendf(nil, "%s%s,%d,%d%s\r\n", m[1], strings.ReplaceAll(p.options.Host, ".", ","), port>>8, port&0xff, m[4])
		}
	}
	return unit
}

// dataPort opens a port that leads to one of the server's; 0 where it cannot.
func (p *Proxy) dataPort(port string) int {
	l, err := p.listen(0, net.JoinHostPort(p.host, port), Chunks, true)
	if err != nil {
		return 0
	}
	return l.Addr().(*net.TCPAddr).Port
}

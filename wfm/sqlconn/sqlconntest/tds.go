package sqlconntest

import (
	"encoding/binary"
	"io"
	"net"
)

// Prelogin is SQL Server's answer to the first packet, without encryption (MS-TDS, 2.2.6.5: VERSION,
// ENCRYPTION with ENCRYPT_NOT_SUP, terminator).
func Prelogin() []byte {
	return packet([]byte{0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xFF, 16, 0, 0x10, 0, 0, 0, 2})
}

// loggedOn holds LOGINACK (2.2.7.14) and DONE (2.2.7.6).
func loggedOn() []byte {
	ack := []byte{1, 0x74, 0, 0, 4, 0, 16, 0, 0, 0} // interface, TDS 7.4, a name of no letters, version
	body := append([]byte{0xAD, byte(len(ack)), 0}, ack...)
	return packet(append(body, done()...))
}

func done() []byte { return []byte{0xFD, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0} }

func packet(body []byte) []byte {
	head := []byte{4, 1, 0, 0, 0, 0, 1, 0} // tabular result, last packet
	binary.BigEndian.PutUint16(head[2:], uint16(8+len(body)))
	return append(head, body...)
}

// SQLServer lets everyone log on, answers so many requests with "done", and is silent then.
func SQLServer(requests int) func(net.Conn) {
	return func(c net.Conn) {
		for i := range 2 + requests {
			answer := [][]byte{Prelogin(), loggedOn(), packet(done())}[min(i, 2)]
			if !request(c) {
				return
			}
			if _, err := c.Write(answer); err != nil {
				return
			}
		}
	}
}

// request reads all packets of one.
func request(c net.Conn) bool {
	head := make([]byte, 8)
	for {
		if _, err := io.ReadFull(c, head); err != nil {
			return false
		}
		if _, err := io.CopyN(io.Discard, c, int64(binary.BigEndian.Uint16(head[2:]))-8); err != nil {
			return false
		}
		if head[1]&1 != 0 {
			return true
		}
	}
}

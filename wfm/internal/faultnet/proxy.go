package faultnet

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
)

// Options of a proxy.
type Options struct {
	// Target is host:port of the server.
	Target string
	// Host is the address to listen on; empty means 127.0.0.1.
	Host    string
	Framing Framing
	// FirstData and LastData are the ports that an FTP server may name for data connections. With them Host must be another
	// address than the server's. 0 for other protocols, and where the control connection can be read.
	FirstData, LastData int
}

// Proxy stands between clients and a server. It is safe for concurrent use.
type Proxy struct {
	options Options
	host    string // of the server
	main    net.Listener
	work    sync.WaitGroup

	mu        sync.Mutex
	closed    bool
	listeners map[net.Listener]bool
	links     map[*link]bool
	steps     int
	plan      Plan
	struck    bool
	healed    bool
	relented  chan struct{} // closed by Relent
}

// New makes a proxy that listens. Close it when done.
func New(o Options) (*Proxy, error) {
	host, _, err := net.SplitHostPort(o.Target)
	if err != nil {
		return nil, fmt.Errorf("the target of the proxy: %w", err)
	}
	if o.Host == "" {
		o.Host = "127.0.0.1"
	}
	p := &Proxy{options: o, host: host, listeners: map[net.Listener]bool{}, links: map[*link]bool{}, relented: make(chan struct{})}
	if p.main, err = p.listen(0, o.Target, o.Framing, false); err != nil {
		return nil, err
	}
	for port := o.FirstData; port != 0 && port <= o.LastData; port++ {
		if _, err := p.listen(port, net.JoinHostPort(host, strconv.Itoa(port)), Records, false); err != nil {
			return nil, errors.Join(err, p.Close())
		}
	}
	return p, nil
}

// Address is where clients connect: host:port.
func (p *Proxy) Address() string { return p.main.Addr().String() }

// Steps is how many units there were, those included that were not forwarded.
func (p *Proxy) Steps() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.steps
}

// Struck tells whether the planned step was reached.
func (p *Proxy) Struck() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.struck
}

// Arm plans a fault. A proxy has one plan in its life: arm it before clients connect.
func (p *Proxy) Arm(plan Plan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.plan = plan
}

// Relent lets new connections pass again, and ends the slowness. What was struck stays struck: the server may still
// hold connections whose client is long gone.
func (p *Proxy) Relent() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.healed {
		close(p.relented)
	}
	p.healed = true
	p.plan.At = 0
}

// Heal is Relent, and closes the connections that were struck, so that the server learns of their end.
func (p *Proxy) Heal() {
	p.Relent()
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.links {
		if l.fault != None {
			l.close(false)
		}
	}
}

// Close ends everything and returns when nothing of the proxy runs any more.
func (p *Proxy) Close() error {
	p.mu.Lock()
	p.closed = true
	var errs []error
	for l := range p.listeners {
		errs = append(errs, l.Close())
	}
	clear(p.listeners)
	for l := range p.links {
		l.close(false)
	}
	p.mu.Unlock()
	p.work.Wait()
	return errors.Join(errs...)
}

// listen forwards the connections to a port of the proxy; once only the first.
func (p *Proxy) listen(port int, target string, framing Framing, once bool) (net.Listener, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(p.options.Host, strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, errors.Join(net.ErrClosed, l.Close())
	}
	p.listeners[l] = true
	p.work.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			if once {
				p.forget(l)
			}
			p.work.Go(func() { p.serve(client, target, framing) })
		}
	})
	return l, nil
}

// forget closes a listener.
func (p *Proxy) forget(l net.Listener) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listeners[l] {
		delete(p.listeners, l)
		_ = l.Close()
	}
}

// serve forwards one connection until it ends.
func (p *Proxy) serve(client net.Conn, target string, framing Framing) {
	l := &link{proxy: p, client: client.(*net.TCPConn), done: make(chan struct{})}
	p.mu.Lock()
	if p.struck && p.plan.Outage && !p.healed {
		l.fault = p.plan.Fault
	}
	fault := l.fault
	ended := p.closed || fault == Cut || fault == Reset
	if !ended {
		p.links[l] = true
	}
	p.mu.Unlock()
	defer p.remove(l)
	switch {
	case ended:
		l.close(fault == Reset)
		return
	case fault == Stall || fault == Deaf || fault == Mute:
		<-l.done
		return
	}
	server, err := net.Dial("tcp", target)
	if err != nil {
		p.mu.Lock()
		l.close(true)
		p.mu.Unlock()
		return
	}
	if !l.connected(server.(*net.TCPConn)) {
		_ = server.Close()
		return
	}
	l.forward(framing)
}

func (p *Proxy) remove(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.links, l)
	l.close(false)
}

// verdict is what becomes of a unit.
type verdict uint8

const (
	pass verdict = iota
	swallow
	hold // until the connection is closed
)

// step counts a unit, lets the planned fault happen, and says what becomes of the unit and at which rate it passes, 0 for
// no limit.
func (p *Proxy) step(l *link, toServer bool) (verdict, int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.steps++
	if p.plan.At > 0 && p.steps >= p.plan.At && !p.struck {
		p.strike()
	}
	rate := 0
	if p.struck && !p.healed && p.plan.Fault == Slow {
		rate = p.plan.rate()
	}
	return l.verdict(toServer), rate
}

// strike spoils the connections that are open.
func (p *Proxy) strike() {
	p.struck = true
	if p.plan.Struck != nil {
		p.plan.Struck()
	}
	if p.plan.Fault == None || p.plan.Fault == Slow {
		return
	}
	for l := range p.links {
		l.fault = p.plan.Fault
		if l.fault == Cut || l.fault == Reset {
			l.close(l.fault == Reset)
		}
	}
}

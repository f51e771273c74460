package cicsim

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// profile is the weight of each local hour of a working day.
var profile = [24]float64{0.3, 0.2, 0.15, 0.15, 0.2, 0.4, 1, 3, 7, 10, 11, 9.5, 8, 8.5, 9.5, 9, 8, 6.5, 4.5, 3, 2, 1.2, 0.8, 0.5}

// open tells whether a queue takes contacts in a local hour: the first is open day and night, one
// works from ten to two, the others by day.
func open(queue, hour int) bool {
	switch queue {
	case 0:
		return true
	case partDay:
		return hour >= 10 && hour < 14
	}
	return hour >= 7 && hour < 20
}

// planArrivals draws, minute by minute, how many contacts enter each queue.
func (s *site) planArrivals(rng *rand.Rand, index int) {
	weights, total := make([]float64, len(s.queues)), 0.0
	for q := range weights {
		weights[q] = 1 / (1 + 0.2*float64(q))
		total += weights[q]
	}
	for q := range weights {
		day := 0.0
		for h, w := range profile {
			if open(q, h) {
				day += w
			}
		}
		weights[q] *= float64(s.cfg.Contacts) / float64(len(s.cfg.Sites)) / total / day / 60
	}
	for minute := s.window.Start; minute < s.window.End; minute += 60 {
		local := minute.Time().In(s.loc)
		factor := profile[local.Hour()]
		if d := local.Weekday(); d == time.Saturday || d == time.Sunday {
			factor *= 0.45
		}
		for q := range weights {
			if !open(q, local.Hour()) {
				continue
			}
			for range poisson(rng, weights[q]*factor) {
				contact := s.drawContact(rng, q)
				s.always(minute+Instant(rng.IntN(60)), func() {
					if s.up {
						s.contacts = append(s.contacts, contact)
						s.enter(contact, q, nil)
					}
				})
			}
		}
	}
}

func (s *site) drawContact(rng *rand.Rand, q int) *Contact {
	c := &Contact{Site: s.id, Media: s.cfg.Media[0], DNIS: "-"}
	if len(s.cfg.Media) > 1 && rng.Float64() < 0.3 {
		c.Media = s.cfg.Media[1+rng.IntN(len(s.cfg.Media)-1)]
	}
	if q == partDay && c.Media.Is(wfm.Email) { // closes at two; nothing shall wait there until tomorrow
		c.Media = s.cfg.Media[0]
	}
	list := skills(s.cfg.OddNames)
	c.Skill = list[rng.IntN(len(list))]
	if c.Media == s.cfg.Media[0] {
		c.DNIS = "+49800555" + string(rune('0'+q/10)) + string(rune('0'+q%10)) + string(rune('1'+rng.IntN(2)))
		switch d := rng.IntN(20); d {
		case 0:
			c.Direction = InternToExtern
		case 1:
			c.Direction = InternToIntern
		}
	}
	return c
}

func poisson(rng *rand.Rand, mean float64) int {
	n := 0
	for left := mean; left > 0; left -= 30 { // in parts, so that exp does not underflow
		limit, p := math.Exp(-min(left, 30)), rng.Float64()
		for p > limit {
			n++
			p *= rng.Float64()
		}
	}
	return n
}

// seconds draws a duration of at least one second: skewed, now and then four times as long, so
// that talk and after-call work cross the borders of intervals.
func seconds(rng *rand.Rand, mean float64) Instant {
	d := mean * math.Exp(0.5*rng.NormFloat64()-0.125)
	if rng.IntN(20) == 0 {
		d *= 4
	}
	return max(1, Instant(math.Round(d)))
}

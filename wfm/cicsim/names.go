package cicsim

import (
	"fmt"

	"github.com/cicwfm/cicwfm/wfm"
)

const maxWorkgroups = 60

// workgroupNames names the queues. The odd ones test quoting in SQL, CSV and XML.
func workgroupNames(cfg Config) []wfm.Workgroup {
	names := []wfm.Workgroup{"Sales", "Support", "Billing", "Desk 10 to 2", "Claims", "Returns", "Technical", "Premium"}
	if cfg.OddNames {
		names = []wfm.Workgroup{`Kundenservice "Süd"`, "Sales, West", "Rück;fragen", "Desk 10 to 2", "O'Brien's Desk",
			"Tech  Support", "Größe & <Maß>", "日本 Desk"}
	}
	for i := len(names); i < cfg.Workgroups; i++ {
		names = append(names, wfm.Workgroup(fmt.Sprintf("Team %02d", i+1)))
	}
	return names[:cfg.Workgroups]
}

// partDay is the position of the workgroup that works only from ten to two, with agents of its
// own: outside these hours it has neither contacts nor people.
const partDay = 3

func agentName(i int, odd bool) wfm.AgentID {
	first := [...]string{"anna", "ben", "carla", "david", "eva", "finn", "grace", "hugo", "ida", "jan", "kim", "leo", "mia", "noah"}
	last := [...]string{"meier", "smith", "lopez", "novak", "rossi", "braun", "jones", "weiss", "dupont", "larsen", "kowalski"}
	if odd {
		switch i % 10 {
		case 1:
			return wfm.AgentID(fmt.Sprintf("O'Neil, Sean %d", i))
		case 4:
			return wfm.AgentID(fmt.Sprintf("jörg.müßig%d", i))
		case 6:
			return wfm.AgentID(fmt.Sprintf(`ann "annie" lee %d`, i))
		case 8:
			return wfm.AgentID(fmt.Sprintf("semi;colon%d", i))
		}
	}
	name := first[i%len(first)] + "." + last[i%len(last)]
	if round := i / (len(first) * len(last)); round > 0 {
		name += fmt.Sprint(round + 1)
	}
	return wfm.AgentID(name)
}

func skills(odd bool) []string {
	if odd {
		return []string{"-", `Français "VIP"`, "Deutsch; Österreich"}
	}
	return []string{"-", "English", "Spanish"}
}

// The positions of the statuses that the simulation sets itself.
const (
	statusAvailable = iota
	statusGoneHome
	statusFollowUp
	statusNotAnswering
	firstBreak // the first that agents choose for a break
)

// statusList has the names of Interaction Designer and CIC's five groups; which attributes they
// have by default is not documented, so this centre's administrator chose them.
func statusList(cfg Config) []Status {
	list := []Status{
		statusAvailable:    {Key: "Available", Group: "Available", AllowsACD: true},
		statusGoneHome:     {Key: "Gone home", Group: "Unavailable"},
		statusFollowUp:     {Key: "Follow up", Group: "Followup", ACW: true},
		statusNotAnswering: {Key: "ACD - Agent not answering", Group: "Unavailable"},
		firstBreak:         {Key: "At lunch", Group: "Break"},
		{Key: "In a meeting", Group: "Unavailable"},
		{Key: "At a training session", Group: "Training"},
		{Key: "Do not disturb", Group: "Unavailable", DND: true},
	}
	if cfg.OddNames {
		list = append(list, Status{Key: `Café, "kurz"; 5'`, Group: "Büro & Co"})
	}
	return list
}

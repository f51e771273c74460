package icwsserver

import "github.com/cicwfm/cicwfm/wfm"

// attribute returns the value of an attribute by its folded name; values are always text.
func (i *interaction) attribute(key string) (value string, known bool) {
	choose := func(when bool, yes, no string) (string, bool) {
		if when {
			return yes, true
		}
		return no, true
	}
	switch key {
	case "eic_state":
		return i.State, true
	case "eic_calldirection":
		return choose(i.Outbound, "O", "I")
	case "eic_calltype":
		return choose(i.Internal, "I", "E")
	case "eic_objecttype":
		media := i.Media
		if media.Is(wfm.Email) {
			media = "Email"
		}
		return choose(media == "", "Call", string(media))
	case "eic_workgroupname", "eic_assignedworkgroup":
		return string(i.Workgroup), true
	case "eic_username":
		if i.user == nil {
			return "", true
		}
		return string(i.user.ID), true
	case "eic_initiationtime", "eic_linequeuetimestamp":
		return compactTime(i.initiated), true
	case "eic_answertime", "eic_connecttime":
		return compactTime(i.connected), true
	case "eic_terminationtime":
		return compactTime(i.ended), true
	case "eic_callstatestring":
		return stateText(i.State), true
	case "eic_acdstatestring":
		return choose(i.group == nil, "", stateText(i.State))
	}
	return "", false
}

// stateText is for people.
func stateText(state string) string {
	switch state {
	case "A":
		return "Alerting"
	case "C":
		return "Connected"
	case "H", "X":
		return "On Hold"
	case "M":
		return "Voice Mail"
	case "O":
		return "Offering"
	case "P":
		return "Parked"
	case "R":
		return "Proceeding"
	case "S":
		return "Dialing"
	case "I", "E":
		return "Disconnected"
	}
	return ""
}

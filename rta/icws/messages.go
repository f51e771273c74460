package icws

import (
	"bytes"
	"encoding/json"
	"errors"
)

// message is the union of the messages that matter here, so that one pass decodes any of them. It is
// reused.
type message struct {
	Type           text  `json:"__type"`
	IsDelta        truth `json:"isDelta"`
	SubscriptionID text  `json:"subscriptionId"`

	Users []userStatus `json:"userStatusList"`

	StatusesAdded   []statusMessage `json:"statusMessagesAdded"`
	StatusesChanged []statusMessage `json:"statusMessagesChanged"`
	StatusesRemoved []string        `json:"statusMessagesRemoved"`

	InteractionsAdded   []queued `json:"interactionsAdded"`
	InteractionsChanged []queued `json:"interactionsChanged"`
	InteractionsRemoved []text   `json:"interactionsRemoved"`

	ObjectsAdded   []configObject `json:"added"`
	ObjectsChanged []configObject `json:"changed"`
	ObjectsRemoved []string       `json:"removed"`

	ConnectionState int           `json:"newConnectionState"`
	Reason          text          `json:"reason"`
	ShouldReconnect truth         `json:"shouldReconnect"`
	State           int           `json:"state"`
	Error           *messageError `json:"error"`
}

type messageError struct {
	Message string `json:"message"`
}

// userStatus is one entry of a userStatusMessage, and the reply of GET user-statuses/{id}.
type userStatus struct {
	User           text    `json:"userId"`
	Status         text    `json:"statusId"`
	Changed        moment  `json:"statusChanged"`
	LoggedIn       truth   `json:"loggedIn"`
	OnPhone        truth   `json:"onPhone"`
	OnPhoneChanged moment  `json:"onPhoneChanged"`
	Stations       firstOf `json:"stations"`
}

type statusMessage struct {
	ID    string `json:"statusId"`
	Text  string `json:"messageText"`
	Group string `json:"groupTag"`
	DND   bool   `json:"isDoNotDisturbStatus"`
	ACW   bool   `json:"isAfterCallWorkStatus"`
	ACD   bool   `json:"isAcdStatus"`
}

// queued is an interaction in a queueContentsMessage. Attribute names are found whatever their case.
type queued struct {
	ID         text `json:"interactionId"`
	Attributes struct {
		State     text `json:"Eic_State"`
		Workgroup text `json:"Eic_WorkgroupName"`
		Assigned  text `json:"Eic_AssignedWorkgroup"`
		User      text `json:"Eic_UserName"`
		Connected text `json:"Eic_ConnectTime"`
		Initiated text `json:"Eic_InitiationTime"`
	} `json:"attributes"`
}

// configObject is a configured user or workgroup.
type configObject struct {
	ID struct {
		ID string `json:"id"`
	} `json:"configurationId"`
	Members []struct {
		ID string `json:"id"`
	} `json:"members"`
	Extension text `json:"extension"`
}

const urn = "urn:inin.com:"

// kind is what a message is about. Types that are not known are messageIgnored.
type kind uint8

const (
	messageIgnored kind = iota
	messageUsers
	messageStatuses
	messageQueue
	messageConnection
	messageSubscription
	messageQueueSubscription
	messageConfigUsers
	messageConfigWorkgroups
)

func (m *message) kind() kind {
	name, ok := bytes.CutPrefix(m.Type.bytes(), []byte(urn))
	if !ok {
		return messageIgnored
	}
	switch string(name) {
	case "status:userStatusMessage":
		return messageUsers
	case "status:statusMessagesMessage":
		return messageStatuses
	case "queues:queueContentsMessage":
		return messageQueue
	case "connection:connectionStateChangeMessage":
		return messageConnection
	case "messaging:subscriptionStateMessage":
		return messageSubscription
	case "queues:queueSubscriptionStateMessage":
		return messageQueueSubscription
	case "configuration.people:usersMessage":
		return messageConfigUsers
	case "configuration.people:workgroupsMessage":
		return messageConfigWorkgroups
	}
	return messageIgnored
}

// full tells whether the message replaces what its subscription told before. One that does not say is a delta, which
// can do no harm.
func (m *message) full() bool { return m.IsDelta.set && !m.IsDelta.on }

// reset prepares the message for the next. encoding/json would merge into elements that it finds in
// the slices, so those that were used are cleared.
func (m *message) reset() {
	users := m.Users
	clear(users)
	if cap(users) > 256 {
		users = nil
	}
	added, changed := m.InteractionsAdded, m.InteractionsChanged
	clear(added)
	clear(changed)
	if cap(added) > 64 || cap(changed) > 64 {
		added, changed = nil, nil
	}
	*m = message{Users: users[:0], InteractionsAdded: added[:0], InteractionsChanged: changed[:0]}
}

// decode reads one message. A message of a type that is not ours may hold anything under our names.
func (m *message) decode(b []byte) error {
	m.reset()
	if b = bytes.TrimLeft(b, " \t\r\n"); len(b) == 0 || b[0] != '{' {
		return errors.New("something else than a message")
	}
	err := json.Unmarshal(b, m)
	if err == nil {
		return nil
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return err
	}
	// A value that cannot be read ends the decoding, perhaps before the type was read.
	var only struct {
		Type text `json:"__type"`
	}
	if json.Unmarshal(b, &only) == nil {
		m.Type = only.Type
	}
	if m.kind() != messageIgnored {
		return errors.New("a message whose values have other types than documented")
	}
	return nil
}

package icwsserver

// The types of the wire, spelled as ICWS spells them. Enumerations travel as integers, times as compact UTC.

const typePrefix = "urn:inin.com:"

// connectionState
const (
	stateUp   = 1
	stateDown = 2
)

type stateChange struct {
	Type            string `json:"__type"`
	IsDelta         bool   `json:"isDelta"`
	Previous        int    `json:"previousConnectionState"`
	New             int    `json:"newConnectionState"`
	Reason          string `json:"reason"`
	ShouldReconnect bool   `json:"shouldReconnect"`
}

type asyncCompleted struct {
	Type      string     `json:"__type"`
	IsDelta   bool       `json:"isDelta"`
	RequestID string     `json:"requestId"`
	Error     *errorBody `json:"error"`
}

type queueState struct {
	Type           string     `json:"__type"`
	IsDelta        bool       `json:"isDelta"`
	SubscriptionID string     `json:"subscriptionId"`
	State          int        `json:"state"` // 1 normal, 3 faulted
	Error          *errorBody `json:"error,omitempty"`
}

type featureInfo struct {
	ID      string `json:"featureId"`
	Version int    `json:"version"`
}

// versionInfo: all parts are strings.
type versionInfo struct {
	Major    string `json:"majorVersion"`
	Minor    string `json:"minorVersion"`
	SU       string `json:"su"`
	Build    string `json:"build"`
	Product  string `json:"productId"`
	Codebase string `json:"codebaseId"`
	Display  string `json:"productReleaseDisplayString"`
}

type serverTime struct {
	UTC string `json:"serverUtcTime"`
}

type connectionRequest struct {
	Type     string  `json:"__type"`
	App      *string `json:"applicationName"`
	UserID   *string `json:"userID"`
	Password *string `json:"password"`
}

type connectionResponse struct {
	CSRFToken      string        `json:"csrfToken"`
	SessionID      string        `json:"sessionId"`
	Alternates     []string      `json:"alternateHostList"`
	UserID         string        `json:"userID"`
	DisplayName    string        `json:"userDisplayName"`
	ICServer       string        `json:"icServer"`
	Version        *versionInfo  `json:"version,omitempty"`
	Features       []featureInfo `json:"features,omitempty"`
	ServerTimeInfo *serverTime   `json:"serverTimeInfo,omitempty"`
}

type alternateHosts struct {
	ErrorID    string   `json:"errorId"`
	Message    string   `json:"message"`
	Alternates []string `json:"alternateHostList"`
}

type connectionSettings struct {
	State           int    `json:"connectionState"`
	Reason          string `json:"reason,omitempty"`
	ShouldReconnect *bool  `json:"shouldReconnect,omitempty"`
}

type switchoverStatus struct {
	Active       bool     `json:"isSwitchoverActive"`
	Primary      string   `json:"primaryHost"`
	Backup       string   `json:"backupHost,omitempty"`
	BackupState  int      `json:"backupState"`
	Down         []string `json:"subsystemsDown"`
	ManualSwitch bool     `json:"isManualSwitchOnly"`
}

// statusMessage: all fields are required.
type statusMessage struct {
	ID             string `json:"statusId"`
	Text           string `json:"messageText"`
	Icon           string `json:"iconUri"`
	Group          string `json:"groupTag"`
	SystemID       string `json:"systemId"`
	Date           bool   `json:"canHaveDate"`
	Time           bool   `json:"canHaveTime"`
	DoNotDisturb   bool   `json:"isDoNotDisturbStatus"`
	Selectable     bool   `json:"isSelectableStatus"`
	Persistent     bool   `json:"isPersistentStatus"`
	Forward        bool   `json:"isForwardStatus"`
	AfterCallWork  bool   `json:"isAfterCallWorkStatus"`
	ACD            bool   `json:"isAcdStatus"`
	AllowsFollowUp bool   `json:"isAllowFollowUpStatus"`
}

func (s *status) message() statusMessage {
	text := s.Text
	if text == "" {
		text = string(s.Key)
	}
	return statusMessage{ID: string(s.Key), Text: text, Group: string(s.Group), SystemID: string(s.Key), DoNotDisturb: s.DND,
		Selectable: !s.ACW, Persistent: true, AfterCallWork: s.ACW, ACD: s.ACD, AllowsFollowUp: s.ACD}
}

type statusMessagesMessage struct {
	Type    string          `json:"__type"`
	IsDelta bool            `json:"isDelta"`
	Added   []statusMessage `json:"statusMessagesAdded,omitempty"`
	Changed []statusMessage `json:"statusMessagesChanged,omitempty"`
	Removed []string        `json:"statusMessagesRemoved,omitempty"`
}

type userStatusUpdate struct {
	Status  *string `json:"statusId"`
	Notes   string  `json:"notes"`
	Forward string  `json:"forwardNumber"`
	Until   *struct {
		UntilDateTime *string `json:"untilDateTime"`
		HasDate       *bool   `json:"hasDate"`
		HasTime       *bool   `json:"hasTime"`
	} `json:"until"`
}

// check finds what is missing or no time.
func (in *userStatusUpdate) check() *fault {
	switch u := in.Until; {
	case in.Status == nil:
		return missing("statusId")
	case u == nil:
	case u.UntilDateTime == nil:
		return missing("untilDateTime")
	case u.HasDate == nil:
		return missing("hasDate")
	case u.HasTime == nil:
		return missing("hasTime")
	default:
		if _, ok := parseDateTime(*u.UntilDateTime); !ok {
			return invalid("untilDateTime")
		}
	}
	return nil
}

// end is the foretold end of the status, as this server writes times; nil for none.
func (in *userStatusUpdate) end() *until {
	u := in.Until
	if u == nil {
		return nil
	}
	at, _ := parseDateTime(*u.UntilDateTime) // checked
	return &until{at.Format(compact), *u.HasDate, *u.HasTime}
}

// configID is how configuration objects are named and referred to.
type configID struct {
	ID   string `json:"id"`
	Name string `json:"displayName"`
	URI  string `json:"uri,omitempty"`
}

type userActivations struct {
	User        string          `json:"userId"`
	Activations map[string]bool `json:"activations"`
}

type workgroupActivations struct {
	Workgroup   string          `json:"workgroupId"`
	Activations map[string]bool `json:"activations"`
}

type activationMessage struct {
	Type           string          `json:"__type"`
	IsDelta        bool            `json:"isDelta"`
	SubscriptionID string          `json:"subscriptionId"`
	User           string          `json:"userId,omitempty"`
	Workgroup      string          `json:"workgroupId,omitempty"`
	Changed        map[string]bool `json:"activationsChanged"`
}

type licenceResult struct {
	Name      string `json:"licenseName"`
	Available bool   `json:"isAvailable"`
	Status    int    `json:"licenseStatus"`
	Details   string `json:"errorDetails"`
}

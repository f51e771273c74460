package icws

import (
	"encoding/json"
	"net/http"
	"time"
)

func unmarshal(s string, v any) error { return json.Unmarshal([]byte(s), v) }

func jarless(s *session) { s.http = &http.Client{Timeout: time.Second} }

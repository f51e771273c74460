package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kardianos/service"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
)

const serviceUsage = `service ACTION makes the program a service of this system: install, uninstall, start, stop, restart,
status. It needs the rights of an administrator. A service that fails is started again after 30 s.

`

const (
	defaultServiceName = "wfmservice"
	notInstalled       = "not installed"
)

// serviceActions are those of the command, in the order in which one needs them.
func serviceActions() []string {
	return []string{"install", "start", "status", "restart", "stop", "uninstall"}
}

// settings are what a service manager is told.
type settings struct {
	name, config, user string
	password           wfm.Secret // of the account, Windows only
	stop               time.Duration
}

// service is the command service.
func (a *app) service(_ context.Context, args []string) (int, error) {
	return a.control(systemManager{}, args)
}

func (a *app) control(m manager, args []string) (int, error) {
	action := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		action, args = args[0], args[1:]
	}
	fs, path := a.flags("service")
	var s settings
	var passwordFile string
	fs.StringVar(&s.name, "name", defaultServiceName, "`name` of the service, where there are several")
	fs.StringVar(&s.user, "user", "", "`account` of the service (default: root, or LocalSystem on Windows)")
	fs.StringVar(&passwordFile, "password-file", "", "`file` with the password of the account, on Windows")
	if err := parse(fs, args, serviceUsage, a.out); err != nil {
		return exitWrong, err
	}
	var list []error
	if !slices.Contains(serviceActions(), action) {
		list = append(list, wfm.Problem{Field: "action", Value: action, Reason: "is not known", Remedy: "use one of " + strings.Join(serviceActions(), ", ")})
	}
	if strings.ContainsAny(s.name, " /\\\"") || s.name == "" {
		list = append(list, wfm.Problem{Field: "-name", Value: s.name, Reason: "is not a name for a service", Remedy: "use letters, digits and hyphens"})
	}
	if passwordFile != "" {
		var err error
		if s.password, err = cli.Secret("-password", "", passwordFile); err != nil {
			list = append(list, err)
		}
	}
	if err := errors.Join(list...); err != nil {
		return exitWrong, err
	}
	var err error
	if s.config, err = filepath.Abs(*path); err != nil {
		return exitWrong, err
	}
	switch action {
	case "install":
		// A service that cannot start would be started again and again.
		c, err := config.Load(s.config)
		if err != nil {
			return exitWrong, err
		}
		s.stop = c.Service.Filled().StopDeadline.D()
	case "status":
		state, err := m.state(s)
		if err != nil {
			return exitWrong, managed(action, s.name, err)
		}
		fmt.Fprintf(a.out, "%s: %s\n", s.name, state)
		if state != "running" {
			return exitAttention, nil
		}
		return exitOK, nil
	}
	if action == "uninstall" { // systemd takes the unit away and lets the process live
		if state, err := m.state(s); err == nil && state == "running" {
			if err := m.do("stop", s); err != nil {
				return exitWrong, managed("stop", s.name, err)
			}
		}
	}
	if err := m.do(action, s); err != nil {
		return exitWrong, managed(action, s.name, err)
	}
	fmt.Fprintf(a.out, "%s: %s done\n", s.name, action)
	if action == "install" {
		fmt.Fprintf(a.out, "it runs %s with %s; begin with: wfmservice check -config %s, then wfmservice service start -name %s\n", s.account(), s.config, strconv.Quote(s.config), s.name)
	}
	return exitOK, nil
}

func (s settings) account() string {
	switch {
	case s.user != "":
		return "as " + s.user
	case runtime.GOOS == "windows":
		return "as LocalSystem (-user names another account)"
	}
	return "as root (-user names another account)"
}

func managed(action, name string, err error) error {
	var p wfm.Problem
	if errors.As(err, &p) {
		return p
	}
	return &wfm.Error{Op: "service " + action + " " + wfm.Quote(name), Kind: wfm.KindOf(err), Err: err,
		Remedy: "run it as administrator (root), and see whether the service is installed"}
}

// describe is the service as the library wants it.
func (s settings) describe(system string) *service.Config {
	c := &service.Config{Name: s.name, DisplayName: "WFM Integration for CIC (" + s.name + ")",
		Description: "Delivers interval statistics and real-time statuses of CIC to workforce management products.",
		Arguments:   []string{"run", "-config", s.config}, UserName: s.user}
	if system == "windows" {
		c.Option = service.KeyValue{"DelayedAutoStart": true, "OnFailure": "restart", "OnFailureDelayDuration": restartAfter.String(), "OnFailureResetPeriod": 86400}
		if !s.password.IsZero() {
			c.Option["Password"] = s.password.Reveal()
		}
		return c
	}
	c.Dependencies = []string{"Wants=network-online.target", "After=network-online.target"}
	c.Option = service.KeyValue{"Restart": "on-failure", "ReloadSignal": "HUP", "SystemdScript": unit(s.stop)}
	return c
}

// unit is the systemd unit, in the template language of the library. It gives a stop as long as the configuration does, and some more.
func unit(stop time.Duration) string {
	text := `[Unit]
Description={{Description}}
StartLimitIntervalSec=0
{{range Dependencies}}{{.}}
{{end}}
[Service]
ExecStart={{Path | cmdEscape}}{{range Arguments}} {{. | cmd}}{{end}}
{{if UserName}}User={{UserName}}
{{end}}ExecReload=/bin/kill -{{ReloadSignal}} "$MAINPID"
Restart={{Restart}}
RestartSec=RESTART
TimeoutStopSec=STOP
NoNewPrivileges=true
EnvironmentFile=-/etc/default/{{Name}}
EnvironmentFile=-/etc/sysconfig/{{Name}}

[Install]
WantedBy=multi-user.target
`
	return strings.NewReplacer("RESTART", strconv.Itoa(int(restartAfter.Seconds())), "STOP", strconv.Itoa(int((stop + 10*time.Second).Seconds()))).Replace(text)
}

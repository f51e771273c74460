package smbdrop_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	smb2 "github.com/cloudsoda/go-smb2"
	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/deliverytest"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/realservers"
	"github.com/cicwfm/cicwfm/wfm/delivery/smbdrop"
)

func startSamba(t *testing.T, server realservers.Samba) (realservers.Running, smbdrop.Options) {
	t.Helper()
	if testing.Short() {
		t.Skip("a real server is not started in a short run")
	}
	r := server.Start(t)
	host, port, err := net.SplitHostPort(r.Address)
	require.NoError(t, err)
	number, err := strconv.Atoi(port)
	require.NoError(t, err)
	return r, smbdrop.Options{Host: host, Port: number, Share: realservers.SambaShare, User: r.User, Password: wfm.NewSecret(r.Password)}
}

func harness(t *testing.T, r realservers.Running, o smbdrop.Options) deliverytest.Maker {
	n := 0
	return func(context.Context) (*deliverytest.Harness, error) {
		n++
		o := o
		o.Folder = fmt.Sprintf(`feeds/München %d`, n)
		dir := filepath.Join(r.Dir, "feeds", fmt.Sprintf("München %d", n))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
		d, err := smbdrop.New(o)
		return &deliverytest.Harness{Transport: d, Files: deliverytest.FilesIn(dir), Close: d.Close}, err
	}
}

func TestSamba(t *testing.T) {
	r, o := startSamba(t, realservers.Samba{Shares: map[string][]string{
		"readonly": {"read only = yes"}, "others": {"read only = no", "valid users = nobody"}, "locked": {"read only = no", "smb encrypt = required"}}})
	t.Run("conforms", func(t *testing.T) { deliverytest.Run(t, harness(t, r, o)) })
	t.Run("500 uploads", func(t *testing.T) { uploads(t, r, o, 500) })
	t.Run("faults", func(t *testing.T) { sambaFaults(t, r, o) })
	t.Run("file in use", func(t *testing.T) { sambaFileInUse(t, r, o) })
	t.Run("cancelled at each step", func(t *testing.T) { sambaCancelled(t, r, o) })
	t.Run("encrypted share", func(t *testing.T) {
		o := o
		o.RequireEncryption = true
		err := newDrop(t, o).Check(t.Context())
		require.ErrorContains(t, err, "does not ask for encryption")
		require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
		o.Share = "locked"
		require.NoError(t, newDrop(t, o).Check(t.Context()))
	})
	t.Run("credentials", func(t *testing.T) {
		o := o
		user, password := o.User, o.Password
		o.User, o.Password = "", wfm.Secret{}
		o.Credentials = func(context.Context) (string, wfm.Secret, error) { return `TEST\` + user, password, nil }
		require.NoError(t, newDrop(t, o).Check(t.Context()))
	})
}

// TestSambaEncrypted runs the kit over encrypted sessions.
func TestSambaEncrypted(t *testing.T) {
	r, o := startSamba(t, realservers.Samba{Global: []string{"smb encrypt = required", "server min protocol = SMB3"}})
	o.RequireEncryption = true
	deliverytest.Run(t, harness(t, r, o))
	uploads(t, r, o, 100)
}

// TestSambaGuest: a server that lets everybody in as a guest.
func TestSambaGuest(t *testing.T) {
	_, o := startSamba(t, realservers.Samba{Global: []string{"map to guest = Bad User", "guest account = nobody"},
		Shares: map[string][]string{"public": {"read only = no", "guest ok = yes"}}})
	o.Share = "public"
	require.NoError(t, newDrop(t, o).Check(t.Context()))
	o.User = "stranger"
	err := newDrop(t, o).Check(t.Context())
	require.Equal(t, wfm.NoPermission, wfm.KindOf(err), "%v", err)
	require.ErrorContains(t, err, "guest")
}

func uploads(t *testing.T, r realservers.Running, o smbdrop.Options, many int) {
	dir := filepath.Join(r.Dir, "uploads")
	require.NoError(t, os.Mkdir(dir, 0o755))
	o.Folder, o.Sessions = "uploads", 4
	realservers.Uploads(t, newDrop(t, o), dir, many)
}

func sambaFaults(t *testing.T, r realservers.Running, good smbdrop.Options) {
	require.NoError(t, os.WriteFile(filepath.Join(r.Dir, "file"), nil, 0o600))
	for name, c := range map[string]struct {
		set   func(*smbdrop.Options)
		kind  wfm.Kind
		retry bool
		want  string
	}{
		"wrong password": {func(o *smbdrop.Options) { o.Password = wfm.NewSecret("s3cr3t") }, wfm.NoPermission, false, "check user, domain and password"},
		"unknown user":   {func(o *smbdrop.Options) { o.User = "stranger" }, wfm.NoPermission, false, "check user, domain and password"},
		"no such share":  {func(o *smbdrop.Options) { o.Share = "none" }, wfm.NotFound, false, "correct the name of the share"},
		"share denied":   {func(o *smbdrop.Options) { o.Share = "others" }, wfm.NoPermission, false, "access to the share"},
		"read only":      {func(o *smbdrop.Options) { o.Share = "readonly" }, wfm.NoPermission, false, "in the share and in the folder"},
		"no folder":      {func(o *smbdrop.Options) { o.Folder = "none/below" }, wfm.NotFound, true, "correct the folder"},
		"a file":         {func(o *smbdrop.Options) { o.Folder = "file" }, wfm.BadConfig, false, "not a folder"},
		"below a file":   {func(o *smbdrop.Options) { o.Folder = "file/x" }, wfm.NotFound, true, "correct the folder"},
		"refused":        {func(o *smbdrop.Options) { o.Port = 1 }, wfm.Unavailable, true, "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			o := good
			c.set(&o)
			err := newDrop(t, o).Check(t.Context())
			require.ErrorContains(t, err, c.want)
			require.Equal(t, c.kind, wfm.KindOf(err), "%v", err)
			retry, _ := wfm.ShouldRetry(err)
			require.Equal(t, c.retry, retry, "%v", err)
			require.NotContains(t, err.Error(), "s3cr3t")
			require.NotContains(t, err.Error(), "\n")
		})
	}
	require.NoError(t, os.Remove(filepath.Join(r.Dir, "file")))
}

// sambaFileInUse: a scanner that has the upload open and does not permit its deletion. Over a file that is open on another
// connection Samba renames all the same, which Windows does not.
func sambaFileInUse(t *testing.T, r realservers.Running, o smbdrop.Options) {
	reader, err := (&smb2.Dialer{Negotiator: smb2.Negotiator{RequireMessageSigning: true},
		Initiator: &smb2.NTLMInitiator{User: r.User, Password: r.Password}}).Dial(t.Context(), r.Address)
	require.NoError(t, err)
	defer func() { require.NoError(t, reader.Logoff()) }()
	share, err := reader.Mount(realservers.SambaShare)
	require.NoError(t, err)
	dir := filepath.Join(r.Dir, "in use")
	require.NoError(t, os.Mkdir(dir, 0o755))
	o.Folder = "in use"
	partial := delivery.PartialName("call.txt", call("new").Digest())
	var held *smb2.File
	o.OnStep = func(step string) {
		if step == smbdrop.StepRename {
			held, err = share.Open(o.Folder + `\` + partial) // shares reading and writing, not deleting
			require.NoError(t, err)
		}
	}
	_, err = newDrop(t, o).Deliver(t.Context(), call("new"))
	require.ErrorContains(t, err, "another program has the file open")
	require.Equal(t, wfm.Unavailable, wfm.KindOf(err))
	retry, _ := wfm.ShouldRetry(err)
	require.True(t, retry)
	files, err := deliverytest.FilesIn(dir)(t.Context())
	require.NoError(t, err)
	require.NotContains(t, files, "call.txt")
	require.NoError(t, held.Close())
	o.OnStep = nil
	_, err = newDrop(t, o).Deliver(t.Context(), call("new"))
	require.NoError(t, err)
	files, err = deliverytest.FilesIn(dir)(t.Context())
	require.NoError(t, err)
	require.Equal(t, "new", string(files["call.txt"]))
	require.NotContains(t, files, partial)
}

func sambaCancelled(t *testing.T, r realservers.Running, o smbdrop.Options) {
	require.NoError(t, os.Mkdir(filepath.Join(r.Dir, "steps"), 0o755))
	o.Folder = "steps"
	_, err := newDrop(t, o).Deliver(t.Context(), call("old"))
	require.NoError(t, err)
	for _, at := range []string{smbdrop.StepConnect, smbdrop.StepWrite, smbdrop.StepVerify, smbdrop.StepRename} {
		ctx, cancel := context.WithCancel(t.Context())
		o.OnStep = func(step string) {
			if step == at {
				cancel()
			}
		}
		_, err := newDrop(t, o).Deliver(ctx, call("new"))
		require.ErrorIs(t, err, context.Canceled, at)
		require.Equal(t, wfm.LossOfInterest, wfm.KindOf(err))
		files, err := deliverytest.FilesIn(filepath.Join(r.Dir, "steps"))(t.Context())
		require.NoError(t, err)
		require.Equal(t, map[string][]byte{"call.txt": []byte("old")}, files)
	}
}

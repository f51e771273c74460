package config

// Destination is where files or real-time messages go.
type Destination struct {
	Name           string            `yaml:"name" need:"*" doc:"Name of the destination in feeds and in the ledger: renaming it delivers what is in the look-back anew."`
	Kind           string            `yaml:"kind" need:"*" doc:"Files: folder, ftp, sftp, smb, http. Real time: tcp, tcp-listen, udp, http-push."`
	Path           Path              `yaml:"path" kinds:"folder" need:"folder" doc:"The folder: local, a mounted share, or on Windows a UNC path. Write Windows paths in single quotes."`
	Mode           string            `yaml:"mode" kinds:"folder" doc:"Permissions of the files, octal; not on Windows. Default: 0644 less the umask." example:"\"0640\""`
	NoFlush        bool              `yaml:"no-flush" kinds:"folder" doc:"true: do not wait for the disk; what came last may be lost in a power cut. Default: false."`
	Host           string            `yaml:"host" kinds:"ftp|sftp|smb" need:"ftp|sftp|smb" doc:"Host of the server."`
	Port           int               `yaml:"port" kinds:"ftp|sftp|smb" min:"1" max:"65535" doc:"Port. Default: ftp 21 (990 with implicit TLS), sftp 22, smb 445." example:"21"`
	Share          string            `yaml:"share" kinds:"smb" need:"smb" doc:"Name of the share."`
	Folder         string            `yaml:"folder" kinds:"ftp|sftp|smb" doc:"Folder on the server. Default: where the account logs on, or the root of the share." example:"wfm/in"`
	Domain         string            `yaml:"domain" kinds:"smb" doc:"Domain of the account." example:"EXAMPLE"`
	User           string            `yaml:"user" kinds:"ftp|sftp|smb" need:"ftp|sftp|smb" doc:"Account."`
	Password       Secret            `yaml:"password" kinds:"ftp|sftp|smb" need:"ftp|smb" doc:"Its password."`
	Security       string            `yaml:"security" kinds:"ftp" enum:"explicit|implicit|none" default:"explicit" doc:"TLS by AUTH TLS, from the first byte, or none: anyone on the way reads password and files then."`
	KeyFile        Path              `yaml:"key-file" kinds:"sftp" doc:"Private key." example:"keys/wfm_ed25519"`
	Passphrase     Secret            `yaml:"passphrase" kinds:"sftp" doc:"Passphrase of the private key."`
	Agent          bool              `yaml:"agent" kinds:"sftp" doc:"true: use the keys of the SSH agent that SSH_AUTH_SOCK names. Default: false."`
	KnownHosts     Path              `yaml:"known-hosts" kinds:"sftp" doc:"File of known host keys, as OpenSSH writes it. This or host-keys is needed." example:"keys/known_hosts"`
	HostKeys       []string          `yaml:"host-keys" kinds:"sftp" doc:"Fingerprints of the server's host keys, as ssh-keygen -l prints them." example:"[\"SHA256:...\"]"`
	URL            string            `yaml:"url" kinds:"http" need:"http" doc:"Address that takes each file as the body of a request, such as https://api.injixo.com/external-systems/contact-events."`
	URLs           []string          `yaml:"urls" kinds:"http-push" need:"http-push" doc:"Addresses of the web services; each gets every message."`
	Token          Secret            `yaml:"token" kinds:"http|http-push" doc:"Bearer token."`
	ContentType    string            `yaml:"content-type" kinds:"http|http-push" doc:"Content type of the bodies. Default: application/json." example:"application/json"`
	MaxBody        int               `yaml:"max-body" kinds:"http|http-push" min:"1" default:"8388608" doc:"Largest body in bytes; a larger one is refused before it is sent."`
	IdempotencyKey bool              `yaml:"idempotency-key" kinds:"http-push" doc:"true: add the header Idempotency-Key, the same for all attempts of a body. Default: false."`
	NameHeader     string            `yaml:"name-header" kinds:"http" doc:"Header for the file's name. Default: none." example:"X-File-Name"`
	AllowHTTP      bool              `yaml:"allow-http" kinds:"http|http-push" doc:"true: permit http to other machines; anyone on the way reads the token. Default: false."`
	Addresses      []string          `yaml:"addresses" kinds:"tcp|udp" need:"tcp|udp" doc:"Receivers as host:port; each gets every message."`
	Listen         string            `yaml:"listen" kinds:"tcp-listen" need:"tcp-listen" doc:"Address to wait at for receivers, host:port; without a host loopback, 0.0.0.0 for every network."`
	MaxReceivers   int               `yaml:"max-receivers" kinds:"tcp-listen" min:"1" max:"100000" default:"256" doc:"How many receivers are served at once."`
	MaxDatagram    int               `yaml:"max-datagram" kinds:"udp" min:"1" max:"65507" default:"1400" doc:"Largest message in bytes."`
	KeepAlive      Duration          `yaml:"keep-alive" kinds:"tcp|tcp-listen" default:"30s" min:"1s" doc:"After how long a receiver that vanished without a word is noticed."`
	WriteTimeout   Duration          `yaml:"write-timeout" kinds:"tcp|tcp-listen" default:"10s" doc:"How long a receiver may take to accept messages."`
	SendTimeout    Duration          `yaml:"send-timeout" kinds:"http-push" default:"1m" doc:"How long a message is tried."`
	NoEPSV         bool              `yaml:"no-epsv" kinds:"ftp" doc:"true: open data connections with PASV alone, for firewalls that do not know EPSV. Default: false."`
	NewestTLS      string            `yaml:"newest-tls" kinds:"ftp" enum:"1.2|1.3" doc:"1.2 for servers that lose uploads or refuse data connections under TLS 1.3. Default: the newest of both sides." example:"\"1.2\""`
	Encrypted      bool              `yaml:"require-encryption" kinds:"smb" doc:"true: refuse a server that does not ask for encryption. Default: false, files are signed and may be readable on the way."`
	Sessions       int               `yaml:"sessions" kinds:"ftp|sftp|smb" min:"1" max:"100" default:"2" doc:"How many connections are open at once."`
	ReadBack       bool              `yaml:"read-back" kinds:"ftp|sftp|smb" doc:"true: compare the content of each file and not only its size. Default: false."`
	Timeout        Duration          `yaml:"timeout" kinds:"ftp|sftp|smb|http|http-push" doc:"What a delivery may take, of http and http-push one attempt. Default: 2m, http 1m, http-push 15s." example:"2m"`
	TLS            *TLS              `yaml:"tls" kinds:"ftp|tcp|tcp-listen|http|http-push" doc:"Certificates; tcp and tcp-listen are plain without it."`
	Settings       map[string]string `yaml:"settings" kinds:"kinds of your own" doc:"Settings of a kind of your own."`
}

// TLS names certificate files in PEM form.
type TLS struct {
	CAFile     Path   `yaml:"ca-file" doc:"Authorities that are trusted. Default: the system's; a listener asks for no certificate then." example:"certs/wfm-ca.pem"`
	CertFile   Path   `yaml:"cert-file" doc:"Own certificate with its chain. A listener needs it." example:"certs/own.pem"`
	KeyFile    Path   `yaml:"key-file" doc:"Key of the own certificate." example:"certs/own-key.pem"`
	ServerName string `yaml:"server-name" doc:"Name in the other side's certificate where it is not the host." example:"wfm.example.com"`
}

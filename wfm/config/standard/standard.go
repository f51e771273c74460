package standard

import (
	_ "time/tzdata" // zones on machines without a zone database, such as Windows

	"github.com/cicwfm/cicwfm/vendors/all"
	"github.com/cicwfm/cicwfm/wfm/config"
)

// Registries returns new registries with everything. The error can only come from a broken preset.
//
// Vendors: those of package all. Databases and ledgers: sqlite, sqlserver, oracle. Destinations for files: folder, ftp, sftp, smb,
// http; for real time: tcp, tcp-listen, udp, http-push.
func Registries() (config.Registries, error) {
	vendors, err := all.Registry()
	if err != nil {
		return config.Registries{}, err
	}
	return config.Registries{Vendors: vendors, Databases: Databases(), Ledgers: Ledgers(), Destinations: Destinations()}, nil
}

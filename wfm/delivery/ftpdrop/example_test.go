package ftpdrop_test

import (
	"fmt"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery/ftpdrop"
)

// New tells everything that is wrong with the settings, and Notes what an administrator should know; neither connects.
func Example() {
	_, err := ftpdrop.New(ftpdrop.Options{Address: "ftp.example.com:ftp", Folder: "import\n"})
	fmt.Println(err)
	drop, err := ftpdrop.New(ftpdrop.Options{Address: "ftp.example.com", Folder: "import", User: "wfm", Password: wfm.NewSecret("secret"),
		Security: ftpdrop.Plain})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer drop.Close()
	for _, note := range drop.Notes() {
		fmt.Println(note)
	}
	// Output:
	// address "ftp.example.com:ftp" has no port number; use a number from 1 to 65535
	// folder "import\n" contains a control character; write it as the server does, without control characters
	// user is missing; give the user that the server knows
	// FTP without encryption: everyone on the way to "ftp.example.com" can read the password and the files; use explicit TLS where the server can
}

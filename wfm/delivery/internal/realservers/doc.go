// Package realservers starts the servers of Debian's packages on loopback, for tests: vsftpd, proftpd and pure-ftpd for
// FTP, OpenSSH for SFTP, Samba for SMB. It exists because libraries that play a server in the test's process are more alike than servers are.
//
// Its place: beside the flow, in tests of ftpdrop, sftpdrop and smbdrop on Linux. A server that is not there skips its test,
// which says how to get it: ".ci/servers FOLDER", and the folder's name in CICWFM_TEST_SERVERS. vsftpd, pure-ftpd
// and Samba need root, because they change to another user; OpenSSH without root is tried with keys alone.
package realservers

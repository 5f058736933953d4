package storetest

import (
	"errors"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// dropRoot gives dir to a user that PostgreSQL agrees to run as: it refuses root.
// nil: the present one will do.
func dropRoot(dir string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		if err := os.Chown(dir, uid, gid); err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("neither a user postgres nor nobody exists, and PostgreSQL does not run as root")
}

package store

import "syscall"

// networkFS names the network file system that a folder is on; empty: none that
// is known. The numbers are Linux's, from statfs(2) and linux/magic.h.
func networkFS(dir string) string {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return ""
	}
	return networkName(uint32(st.Type))
}

func networkName(magic uint32) string {
	switch magic {
	case 0x6969:
		return "NFS"
	case 0x517B, 0xFF534D42, 0xFE534D42:
		return "SMB"
	case 0x5346414F, 0x6B414653:
		return "AFS"
	}
	return ""
}

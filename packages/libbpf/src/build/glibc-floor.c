/* SPDX-License-Identifier: MIT */
/*
 * glibc 2.33 made functions of stat and fstat, which older ones lack: with these of our own, hidden in the library, the
 * file runs on glibc 2.28 and older wherever it is built. On the 64-bit machines that we build for, the kernel's struct
 * stat is glibc's.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define HIDDEN __attribute__((visibility("hidden")))

_Static_assert(sizeof(off_t) == 8 && sizeof(long) == 8, "64-bit machines alone");

HIDDEN int stat(const char *restrict path, struct stat *restrict result)
{
	return (int)syscall(SYS_newfstatat, AT_FDCWD, path, result, 0);
}

HIDDEN int fstat(int fd, struct stat *result)
{
	return (int)syscall(SYS_fstat, fd, result);
}

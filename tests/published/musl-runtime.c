/* SPDX-License-Identifier: MIT */
/* What Debian's libstdc++ and libgcc, which are built for glibc, take from the C library and musl does not have. */
#include <sys/auxv.h>

/* "None": the unwinder then asks dl_iterate_phdr. */
int _dl_find_object(void *code, void *result)
{
	(void)code;
	(void)result;
	return -1;
}

/* Never: reference counts are always atomic. */
char __libc_single_threaded;

unsigned long __getauxval(unsigned long type)
{
	return getauxval(type);
}

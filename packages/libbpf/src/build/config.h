/* SPDX-License-Identifier: MIT */
/* What elfutils' configure would have found out, for Linux with clang and either C library. */
#ifndef IRQTRACE_CONFIG_H
#define IRQTRACE_CONFIG_H

/* Says which C library this is. */
#include <limits.h>

#define HAVE_VISIBILITY 1
#define HAVE_STDATOMIC_H 1
#define HAVE_ERR_H 1
#define HAVE_DECL_POWEROF2 1
#define HAVE_DECL_REALLOCARRAY 1
#define HAVE_DECL_MEMRCHR 1
#ifdef __GLIBC__
#define HAVE_DECL_MEMPCPY 1
#define HAVE_DECL_RAWMEMCHR 1
#endif

/* Read fields of foreign files by copies, never through unaligned pointers. */
#define CHECK_UNDEFINED 1

/* Where elfutils' own template ends. */
#include <eu-config.h>

#endif

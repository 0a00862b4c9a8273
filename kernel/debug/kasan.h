/* SPDX-License-Identifier: Apache-2.0
 *
 * The address sanitizer of kernels built with --profile kasan. The compiler puts a call of one of these
 * before each access to memory; the names are its own (-fsanitize=kernel-address, outline). Other kernels
 * have no such calls, and the linker leaves all of this out.
 */
#ifndef KERNEL_DEBUG_KASAN_H
#define KERNEL_DEBUG_KASAN_H

#include "boot/boot_info.h"

void __asan_load1(u64 address);
void __asan_load2(u64 address);
void __asan_load4(u64 address);
void __asan_load8(u64 address);
void __asan_load16(u64 address);
void __asan_loadN(u64 address, u64 bytes);
void __asan_store1(u64 address);
void __asan_store2(u64 address);
void __asan_store4(u64 address);
void __asan_store8(u64 address);
void __asan_store16(u64 address);
void __asan_storeN(u64 address, u64 bytes);

/* Before calls that do not return: for stacks, which are not watched. */
void __asan_handle_no_return(void);

/* From now on accesses are looked at. WHY not before: processors are started through a low page that may be
 * free, whose contents are put back (kernel/arch/x86/64/smp.c). */
void kasan_begin(const struct boot_info *info);

/* `kasan-test=WORD' on the command line: makes the mistake of that name, which must end in a report. */
void kasan_self_test(const struct boot_info *info);

#endif

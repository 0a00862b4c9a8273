/* SPDX-License-Identifier: Apache-2.0
 *
 * x86: finding and setting up the early console.
 */
#ifndef KERNEL_ARCH_X86_COMMON_CONSOLE_H
#define KERNEL_ARCH_X86_COMMON_CONSOLE_H

void x86_console_init(void);

#endif

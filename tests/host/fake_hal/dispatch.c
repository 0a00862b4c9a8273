/* SPDX-License-Identifier: Apache-2.0
 *
 * The generated system call dispatch, compiled for the host. WHY by inclusion: host programs link
 * only the contract's names; the dispatch belongs to those that link the kernel core.
 */
#include "abi/kernel_dispatch.c"

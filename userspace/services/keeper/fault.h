/* SPDX-License-Identifier: Apache-2.0
 *
 * The words of a fault message. SPEC: kernel/core/syscall/entry.c, report_fault. A frame
 * pointer of 0 means that the kernel does not tell it.
 */
#ifndef USERSPACE_SERVICES_KEEPER_FAULT_H
#define USERSPACE_SERVICES_KEEPER_FAULT_H

#include "lib/service/service.h"

struct fault_report {
	u32 kind;
	u64 address, code, ip, sp, fp, process_id, thread_id;
};

static inline struct fault_report fault_report_of(const struct service_call *call)
{
	return (struct fault_report){
		.kind = (u32)call->word[0], .address = call->word[1], .ip = call->word[2], .sp = call->word[3],
		.process_id = call->word[4], .thread_id = call->word[5], .code = call->word[6], .fp = call->word[7],
	};
}

#endif

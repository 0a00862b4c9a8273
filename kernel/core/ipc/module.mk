# SPDX-License-Identifier: Apache-2.0
# kernel/core/ipc: see the heads of its files and HOUSE.md.
MODULE := kernel/core/ipc
SRCS := binding.c call.c endpoint.c fastpath.c forward.c message.c note.c receivable.c reply.c servers.c signal.c undo.c word.c
DEPS := abi kernel/core kernel/core/cap kernel/core/cpu kernel/core/group kernel/core/mem kernel/core/object kernel/core/process kernel/core/sched kernel/core/thread kernel/core/time kernel/core/trace kernel/hal kernel/raw lib/base
include $(MK)/module.mk

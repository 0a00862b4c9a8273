# SPDX-License-Identifier: Apache-2.0
# The executable model of capabilities, messages and scheduling, compared with the core step by step.
HOST_TEST := model
SRCS := caps.c compare.c known.c machine.c main.c messages.c mutants.c order.c program.c threads.c
DEPS := abi kernel/core/cap kernel/core/cpu kernel/core/ipc kernel/core/process kernel/core/sched kernel/core/thread \
	kernel/raw lib/base tests/host/fake_hal tests/host/kernel
WRAP := cap_add cap_drop endpoint_badge_gone endpoint_signalled lineage_revoke note_settle reply_unclaim sched_wake sched_withdraw_suspended thread_cancel_one_wait
include $(MK)/host_test.mk

# SPDX-License-Identifier: Apache-2.0
# bench: measures in guest instructions. tests/bench/README.md says what.
PROGRAM := bench
SRCS := main.c samples.c arch/$(ARCH)/raw_loop.c ipc.c pager.c caps.c signals.c threads.c processes.c system.c pairs.c disk.c net.c
DEPS := lib/base tests/bench/disk_kinds lib/lease lib/lease/protocol lib/path lib/rt lib/9p lib/block lib/block/protocol lib/frames lib/frames/protocol lib/ring lib/spawn abi
include $(MK)/program.mk

# SPDX-License-Identifier: Apache-2.0
# Host test of what may be asked of a disk.
HOST_TEST := block_allowed
SRCS := allowed_test.c
DEPS := lib/base lib/block/protocol lib/elf/tests lib/lease/protocol lib/ring abi
include $(MK)/host_test.mk

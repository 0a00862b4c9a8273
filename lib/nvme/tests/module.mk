# SPDX-License-Identifier: Apache-2.0
# Host test of NVMe's queues, commands and identities, with controllers that lie.
HOST_TEST := nvme
SRCS := nvme_test.c identity_test.c
DEPS := lib/base lib/block/protocol lib/elf/tests lib/lease/protocol lib/nvme lib/ring abi
include $(MK)/host_test.mk

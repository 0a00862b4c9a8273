# SPDX-License-Identifier: Apache-2.0
# lib/nvme: queues and commands of NVMe controllers as pure logic over shared memory.
MODULE := lib/nvme
SRCS := command.c identity.c queue.c
DEPS := lib/base lib/block/protocol lib/lease/protocol lib/ring abi
include $(MK)/module.mk

# SPDX-License-Identifier: Apache-2.0
# lib/block: disks from their clients' side, without copies.
MODULE := lib/block
SRCS := block.c
DEPS := lib/9p lib/base lib/block/protocol lib/lease lib/lease/protocol lib/path lib/ring lib/rt abi
include $(MK)/module.mk

# SPDX-License-Identifier: Apache-2.0
# disk: try a disk.
PROGRAM := disk
SRCS := main.c
DEPS := lib/base lib/lease lib/lease/protocol lib/path lib/ring lib/rt lib/9p lib/block lib/block/protocol lib/tool abi
include $(MK)/program.mk

# SPDX-License-Identifier: Apache-2.0
# lib/block/driver: what drivers of disks have in common: the file, windows, rings, and requests under way.
MODULE := lib/block/driver
SRCS := disk.c jobs.c wanted.c windows.c
DEPS := lib/base lib/block/protocol lib/driver lib/lease/driver lib/lease/protocol lib/path lib/ring lib/rt lib/service abi
include $(MK)/module.mk

# SPDX-License-Identifier: Apache-2.0
# lib/lease: memory that drivers lend, from their clients' side.
MODULE := lib/lease
SRCS := lease.c
DEPS := lib/9p lib/base lib/lease/protocol lib/path lib/rt abi
include $(MK)/module.mk

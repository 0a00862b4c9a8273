# SPDX-License-Identifier: Apache-2.0
# lib/lease/driver: memory that drivers lend, from their side.
MODULE := lib/lease/driver
SRCS := lent.c
DEPS := lib/base lib/lease/protocol lib/path lib/rt lib/service abi
include $(MK)/module.mk

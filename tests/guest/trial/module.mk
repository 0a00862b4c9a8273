# SPDX-License-Identifier: Apache-2.0
# trial: a service that does what it is told, in two versions and one that does not come up.
PROGRAM := trial
SRCS := main.c first.c
DEPS := lib/base lib/keep lib/path lib/rt lib/service abi
include $(MK)/program.mk

PROGRAM := trial-next
SRCS := main.c next.c
DEPS := lib/base lib/keep lib/path lib/rt lib/service abi
include $(MK)/program.mk

PROGRAM := trial-broken
SRCS := broken.c
DEPS := lib/base lib/rt abi
include $(MK)/program.mk

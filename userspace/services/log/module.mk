# SPDX-License-Identifier: Apache-2.0
# log: the system's log as files, at /log.
PROGRAM := logd
SRCS := main.c ring.c
DEPS := lib/9p lib/base lib/keep lib/rt lib/service abi
include $(MK)/program.mk

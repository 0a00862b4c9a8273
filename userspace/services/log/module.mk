# SPDX-License-Identifier: Apache-2.0
# log: the system's log as files, at /log.
PROGRAM := log
SRCS := main.c ring.c
DEPS := lib/base lib/rt lib/service abi
include $(MK)/program.mk

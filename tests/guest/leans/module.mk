# SPDX-License-Identifier: Apache-2.0
# leans: services that need trial.
PROGRAM := leans
SRCS := main.c
DEPS := lib/9p lib/base lib/path lib/rt lib/service abi
include $(MK)/program.mk

# SPDX-License-Identifier: Apache-2.0
# lib/service: the loop and the tables that every service shares.
MODULE := lib/service
SRCS := server.c requests.c answers.c files.c kept.c tree.c names.c
DEPS := lib/base lib/keep lib/path lib/rt abi
include $(MK)/module.mk

# SPDX-License-Identifier: Apache-2.0
# init: the first process. Starts the loader and the keeper.
PROGRAM := init
SRCS := main.c handles.c start.c words.c
DEPS := lib/base lib/rt lib/spawn lib/load abi
include $(MK)/program.mk

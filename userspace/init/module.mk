# SPDX-License-Identifier: Apache-2.0
# init: the first process. Starts the loader and the keeper.
PROGRAM := init
SRCS := main.c start.c words.c safe.c pulse.c
DEPS := lib/base lib/first lib/rt lib/safe lib/spawn lib/load abi
include $(MK)/program.mk

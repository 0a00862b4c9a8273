# SPDX-License-Identifier: Apache-2.0
# Runs on Linux in the emulator: what `./ferrous bench --peers` compares with.
HOST_PEER := linux
SRCS := init.c uring.c
DEPS := lib/base tests/bench/disk_kinds
include $(MK)/host_peer.mk

# SPDX-License-Identifier: Apache-2.0
# torture: kills services under load, and checks that nobody loses anything.
PROGRAM := torture
SRCS := main.c disk.c disk_rings.c faults.c inits.c kills.c places.c rubbish.c services.c slow.c speed.c work.c
DEPS := lib/base tests/bench/disk_kinds lib/lease lib/lease/protocol lib/path lib/ring lib/rt lib/9p lib/block lib/block/protocol lib/spawn lib/tool abi
include $(MK)/program.mk

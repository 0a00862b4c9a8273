# SPDX-License-Identifier: Apache-2.0
# What is measured of a disk, here and on other systems.
MODULE := tests/bench/disk_kinds
DEPS := lib/base
include $(MK)/module.mk

# SPDX-License-Identifier: Apache-2.0
# Tests of the contract generator; tests/gen/run.py compiles them against generated files of its own.
MODULE := tests/gen
SRCS := dispatch_test.c
DEPS := abi lib/base
include $(MK)/module.mk

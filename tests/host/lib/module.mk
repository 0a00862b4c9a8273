# SPDX-License-Identifier: Apache-2.0
# tests/host/lib: unit tests of the libraries' pure parts.
HOST_TEST := lib_text
SRCS := lib_text.c check.c
DEPS := lib/base
include $(MK)/host_test.mk

HOST_TEST := lib_path
SRCS := lib_path.c check.c
DEPS := lib/base lib/path abi
include $(MK)/host_test.mk

HOST_TEST := lib_image
SRCS := lib_image.c check.c
DEPS := lib/base lib/image abi
include $(MK)/host_test.mk

# SPDX-License-Identifier: Apache-2.0
#
# The build. One make, not recursive: every folder with sources says in its module.mk what it
# holds; this file reads them all and makes the rules. People call it through ./ferrous build,
# which also does the set-up; `make help` lists what can be asked for.
#
#   ARCH=x86_64  PROFILE=release|debug|kasan|cover  TRACE=on|off  IMAGE=default  OUT=out  V=1 (show commands)  M=folder (for compile)

ARCH ?= x86_64
PROFILE ?= release
TRACE ?= on
IMAGE ?= default
OUT ?= out
# One folder has one name: what was built in it under another would not be seen to be out of date.
override OUT := $(patsubst $(CURDIR)/%,%,$(abspath $(OUT)))
MK := tools/make
MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:

all: build

include $(MK)/config.mk
include $(MK)/flags.mk
include $(MK)/modules.mk
include $(MK)/gen.mk
include $(MK)/compile.mk
include $(MK)/link.mk
include $(MK)/image.mk
include $(MK)/host.mk
include $(MK)/help.mk

# SPDX-License-Identifier: Apache-2.0
"""The commands, in the order `help` shows them. Each file of this folder defines one or two."""

from tools.cli.commands import basic, bench, boot, check, fuzz, new, prove, test, torture, trace

COMMANDS = {command.name: command for command in [
    boot.RUN, test.TEST, check.CHECK, basic.BUILD, boot.EXEC, bench.BENCH, trace.TRACE, boot.DEBUG, fuzz.FUZZ, torture.TORTURE,
    prove.PROVE,
    basic.CLEAN, basic.SETUP, new.NEW, basic.IMAGE,
]}

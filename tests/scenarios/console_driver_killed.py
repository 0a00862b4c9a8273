# SPDX-License-Identifier: Apache-2.0
"""The console's driver is killed from the console itself: it is restarted and the shell goes on."""


def run(t):
    t.boot()
    t.console_expect(r"ferrous:/> ")
    for start in (1, 2):
        t.console_send("kill uart0\r")
        t.eventually("services", rf"^ *uart0 +running +\d+ +{start} ")
        t.console_send(f"echo alive {start}\r")
        t.console_expect(rf"^alive {start}\r?$", 30)
    t.console_send("kill console\r")
    t.eventually("services", r"^ *console +running +\d+ +1 ")
    t.console_send("\recho still here\r")
    t.console_expect(r"^still here\r?$", 30)

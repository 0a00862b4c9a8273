# SPDX-License-Identifier: Apache-2.0
"""A service that cannot be started fails and says why, also to who orders it to start; who calls it is told, all else goes on."""

from tools.image import change


def run(t):
    def without_program(manifest):
        manifest.program = "nothing"
    image = change.with_manifest(t.disk_file("ferrous/system.img"), "trial", without_program)
    t.boot(files={"ferrous/system.img": image})
    problem = t.eventually("services trial", r"^problem +(cannot be started: .*)$")[1]
    status, output = t.exec("services start trial")
    t.expect(status != 0, "it was started")
    t.expect(f"services: trial: it could not be started: {problem}\n" in output, f"problem {problem!r}, output {output!r}")
    t.expect_match(t.exec("cat /dev/trial/do", 20)[1], "given up: trial$")
    t.expect_equal(t.exec_ok("echo on | cat"), "on\n")

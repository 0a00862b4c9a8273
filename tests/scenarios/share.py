# SPDX-License-Identifier: Apache-2.0
"""A folder of the host, behind a driver that is killed again and again: what either side writes the other reads, and what a client
asked for is done once."""

import re
import tempfile
from pathlib import Path

CASES = ["both ways", "what cannot be", "killed on 1 CPU", "killed on 4 CPUs", "restarted in between"]


def both_ways(t, folder):
    (folder / "greeting").write_text("from the host\n")
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "numbers").write_text("".join(f"{i}\n" for i in range(20000)))
    t.boot(share=folder)
    t.expect_equal(t.exec_ok("cat /share/greeting"), "from the host\n")
    t.expect_match(t.exec_ok("wc /share/deep/er/numbers"), r"^ *20000 +20000 +108890 ")
    t.exec_ok("cat /share/deep/er/numbers | write /share/copy; echo one more >> /share/copy; mkdir /share/made")
    t.expect_equal((folder / "copy").read_text(), (folder / "deep" / "er" / "numbers").read_text() + "one more\n", "the copy")
    t.expect((folder / "made").is_dir(), "no folder was made")
    listed = t.exec_ok("ls -l /share")
    for name, kind in (("greeting", r"file +14 B"), ("copy", r"file +106 KiB"), ("made/", "directory"), ("deep/", "directory")):
        t.expect_match(listed, rf"^{kind}.* {name}$")
    t.exec_ok("rm /share/copy /share/made")
    t.expect_equal(sorted(path.name for path in folder.iterdir()), ["deep", "greeting"], "what is left")


def what_cannot_be(t, folder):
    (folder / "file").write_text("file\n")
    (folder / "full").mkdir()
    (folder / "full" / "x").write_text("x\n")
    (folder / "link").symlink_to("/etc/passwd")
    (folder / "outside").symlink_to("/etc")
    t.boot(share=folder)
    for command, words in (("cat /share/none", "nothing of that name"), ("cat /share/file/x", "not a directory|nothing of that name"),
                           ("rm /share/full", "in use"), ("cat /share/link", "cannot do this"),
                           ("cat /share/outside/passwd", "not a directory|nothing of that name|cannot do this"),
                           ("echo x | write /share/none/x", "nothing of that name"), ("echo x | write /share/full", "directory"),
                           ("mkdir /share/file", "exists"), ("cat /share/" + "a/" * 17 + "a", "longer than allowed")):
        status, output = t.exec(command)
        t.expect(status != 0, f"`{command}' was done")
        t.expect_match(output, words, f"what `{command}' says")
    t.expect_equal((folder / "file").read_text(), "file\n")
    many = [f"{i:03}" for i in range(300)]
    for name in many:
        (folder / "full" / name).write_text(name)
    t.expect_equal(sorted(t.exec_ok("ls /share/full").split()), [*many, "x"], "a listing")


def killed(t, folder, cpus):
    t.boot(smp=cpus, share=folder)
    status, output = t.exec("torture kill 50 40 20000 share", 300)
    t.expect_equal(status, 0, f"status of torture, which printed:\n{output[-3000:]}")
    t.expect_match(output, r"^0 lost$")
    t.expect(len(re.findall(r"(?m)^back share \d+ alone$", output)) >= 40, f"the driver was not killed:\n{output[-3000:]}")
    t.expect_equal(t.exec_ok("log crash"), "")
    t.expect_equal(list(folder.iterdir()), [], "what is left")
    about = t.exec_ok("services share")
    t.expect_match(about, r"(?m)^begun-anew +0$")


def restarted(t, folder):
    """Each of many commands finds a driver that has just been killed."""
    t.boot(share=folder)
    for turn in range(12):
        t.exec_ok(f"echo {turn} >> /share/a; kill share; echo {turn} >> /share/b; kill share; cat /share/b; mkdir /share/d; "
                  "kill share; rm /share/d; kill share; ls /share")
    expected = "".join(f"{turn}\n" for turn in range(12))
    t.expect_equal((folder / "a").read_text(), expected, "what was appended before")
    t.expect_equal((folder / "b").read_text(), expected, "what was appended behind")
    t.expect_equal(t.exec_ok("log crash"), "")


def run(t, case):
    with tempfile.TemporaryDirectory(prefix="ferrous-share-") as path:
        folder = Path(path)
        if case.startswith("killed"):
            killed(t, folder, int(case.split()[2]))
        else:
            {"both ways": both_ways, "what cannot be": what_cannot_be, "restarted in between": restarted}[case](t, folder)
        t.close()

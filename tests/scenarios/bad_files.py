# SPDX-License-Identifier: Apache-2.0
"""A missing, truncated or corrupted file on the disk gets a message that names it, and no hang."""

LOADER = r"^ferrous loader: .*"  # failures only; the banner begins otherwise
CASES = {
    # name: (file, how it is damaged, what the console says)
    "no kernel": ("ferrous/kernel.elf", lambda data: None, LOADER + r"kernel\.elf"),
    "short kernel": ("ferrous/kernel.elf", lambda data: data[:1000], LOADER + r"kernel\.elf"),
    "garbage kernel": ("ferrous/kernel.elf", lambda data: b"\xa5" * 5000, LOADER + r"kernel\.elf"),
    "no image": ("ferrous/system.img", lambda data: None, LOADER + r"system\.img"),
    "empty image": ("ferrous/system.img", lambda data: b"", LOADER + r"system\.img"),
    "short image": ("ferrous/system.img", lambda data: data[:len(data) // 2], r"is cut off or damaged"),
    "garbage image": ("ferrous/system.img", lambda data: b"\xa5" * 10000, r"does not begin with FERRIMG1"),
    "flipped table": ("ferrous/system.img", lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:], r"wrong checksum"),
    "binary command line": ("ferrous/cmdline.txt", lambda data: b"a\x01\xff", LOADER + r"cmdline\.txt"),
    "long command line": ("ferrous/cmdline.txt", lambda data: b"x" * 100000, LOADER + r"cmdline\.txt"),
}

NEEDS = {"binary command line": ["command line file"], "long command line": ["command line file"]}


def run(t, case):
    path, damage, message = CASES[case]
    data = b"" if path.endswith("txt") else t.disk_file(path)
    t.boot(files={path: damage(data)}, ready=False)
    t.console_expect(message)

# SPDX-License-Identifier: Apache-2.0
"""The figures that are kept (tools/run/figures.py), and the table made of them."""

import tempfile
import unittest
from pathlib import Path

from tools.run import bench, figures, touched

ROOT = Path(__file__).resolve().parents[2]


def result(name, value):
    return {"name": name, "unit": "instructions", "usual": value, "min": value, "max": value, "samples": 1}


class Figures(unittest.TestCase):
    def test_the_document_has_the_table_of_what_is_kept(self):
        document = (ROOT / figures.DOCUMENT).read_text()
        self.assertEqual(figures.with_table(ROOT, document), document, "run ./ferrous bench --keep")
        self.assertIn("| null_syscall |", document)

    def test_every_measure_is_kept_of_x86_64(self):
        self.assertLessEqual(set(bench.NAMES), set(figures.load(ROOT)["x86_64"]))

    def test_what_differs_is_found(self):
        kept = {"a": 1000, "b": 1000, "c": 10, "gone": 1}
        wrong = figures.differences("x86_64", kept, [result("a", 1050), result("b", 1051), result("c", 18), result("new", 5)])
        self.assertEqual([name for name, text in wrong.items() if text], ["b", "new", "gone"])
        self.assertIn("expected 1000", wrong["b"])

    def test_keeping_leaves_other_architectures_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for path in (figures.KEPT, figures.ANCHORS, figures.DOCUMENT):
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text((ROOT / path).read_text())
            before = figures.load(root)
            figures.keep(root, {"x86_64": [result("null_syscall", 7)]})
            after = figures.load(root)
            self.assertEqual(after["x86_64"], {"null_syscall": 7})
            self.assertEqual({arch: kept for arch, kept in after.items() if arch != "x86_64"},
                             {arch: kept for arch, kept in before.items() if arch != "x86_64"})
            self.assertIn("| null_syscall | 150 | 7 |", (root / figures.DOCUMENT).read_text())

    def test_what_is_about_the_median_is_averaged(self):
        def usual(samples, tick=1):
            return bench.summary("a", "instructions", samples, tick)["usual"]
        self.assertEqual(usual([400, 400, 500, 44000], 100), 433)
        self.assertEqual(usual([248, 248, 248, 350]), 248)
        self.assertEqual(usual([400, 401, 402, 44000]), 401)
        self.assertEqual(usual([9400, 10500] * 100 + [57000]), 9950)
        self.assertEqual(usual([9400] + [9400, 10500] * 100 + [57000]), 9947)

    def test_several_architectures_stand_beside_each_other(self):
        text = bench.table({"x86_64": [result("null_syscall", 130)], "aarch64": [result("null_syscall", 140), result("other", 3)]},
                           ROOT / figures.ANCHORS)
        self.assertRegex(text, r"measure +unit +x86_64 +aarch64 +asked")
        self.assertRegex(text, r"null_syscall +instructions +130 +140 +150")
        self.assertRegex(text, r"other +instructions +- +3 +-")


class Touched(unittest.TestCase):
    def test_the_document_has_the_table_of_what_is_kept(self):
        document = (ROOT / figures.DOCUMENT).read_text()
        self.assertEqual(touched.with_table(ROOT, document), document, "run ./ferrous bench --lines all --keep")
        self.assertIn("| ipc_rtt_0w |", touched.markdown(touched.load(ROOT)))

    def test_every_measure_is_kept_of_each_architecture_with_figures(self):
        kept = touched.load(ROOT)
        self.assertEqual(set(kept), set(figures.load(ROOT)))
        for arch, rows in kept.items():
            self.assertEqual(list(rows), touched.MEASURES, arch)
            self.assertEqual({len(row) for row in rows.values()}, {len(touched.COLUMNS)}, arch)

    def test_the_kernel_takes_no_more_than_the_whole_operation(self):
        of_all = figures.load(ROOT)
        for arch, rows in touched.load(ROOT).items():
            # WHY without pager_fault: what else was measured before decides its place in a tree, and so some 80 instructions.
            for name in set(touched.MEASURES[:touched.MEASURES.index("thread_create")]) - {"pager_fault"}:
                self.assertLess(rows[name][0], of_all[arch][name], f"{name} of {arch}")

    def test_roots_and_flushes_are_recognised_on_each_architecture(self):
        for arch, rows in touched.load(ROOT).items():
            found = {name: rows[name][3:5] for name in ("null_syscall", "ipc_rtt_0w", "unmap_4k")}
            self.assertEqual(found, {"null_syscall": [0, 0], "ipc_rtt_0w": [2, 0], "unmap_4k": [0, 1]}, arch)

    def test_a_row_is_the_mean_of_samples_about_the_median(self):
        text = "900 9 9 9 9 9 9\n" + "100 10 4 1 0 8 3\n" * 3 + "102 12 4 1 0 9 3\n" * 3
        self.assertEqual(touched.operation("map_4k", touched.samples(text)), [101, 11, 4, 1, 0, 8, 3])

    def test_an_event_is_what_calls_take_more_with_two_each(self):
        small, untraced, traced = "70 9 9 9 9 9 9\n", "90000 9000 8000 0 0 11 6\n", "290000 29000 28000 0 0 2011 2006\n"
        self.assertEqual(touched.operation("trace_event", touched.samples(small + (untraced + traced) * 5)), [100, 10, 10, 0, 0, 1, 1])

    def test_what_is_no_sample_is_refused(self):
        for text in ("1 2 3\n", "1 2 3 4 5 6 x\n"):
            with self.assertRaises(bench.BenchError):
                touched.samples(text)
        with self.assertRaises(bench.BenchError):
            touched.operation("map_4k", touched.samples("1 2 3 4 5 6 7\n"))

    def test_what_differs_is_found(self):
        kept = {"a": [100, 10, 10, 1, 0, 9, 4], "b": [100, 10, 10, 1, 0, 9, 4]}
        found = {"a": [108, 10, 10, 1, 0, 11, 4], "b": [100, 10, 10, 1, 0, 12, 4], "new": [1, 1, 1, 0, 0, 1, 1]}
        self.assertEqual([name for name, wrong in touched.differences(kept, found).items() if wrong], ["b", "new"])

# SPDX-License-Identifier: Apache-2.0
"""Several jobs at a time: machines and programs that wait, compute on one processor or for others."""

from concurrent.futures import ThreadPoolExecutor


def each(jobs, work, items):
    """[work(item)], so many at a time, in the order of the items. What one raises is raised, and none is begun after it."""
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        begun = [pool.submit(work, item) for item in items]
        try:
            return [job.result() for job in begun]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

"""Commits that are shared: threads that want to write at the same moment join one transaction.

Making a transaction durable costs a flush of the disk (0.2 to 0.8 ms was seen), and PostgreSQL some round trips more:

    thread A  ──► queue empty: A leads.  BEGIN  a  COMMIT────────┐ A returns, hands the lead to B
    thread B  ───────► waits ...................................│ B leads.  BEGIN  b  c  d  COMMIT ──┐
    thread C  ──────────────► waits ............................│......................................│ all return
    thread D  ───────────────────► waits

There is no writer thread: a lone caller leads at once and pays for nothing but its own work and the flush. While it
flushes (without Python's lock), others queue up and are the next group. Nobody is answered before the commit came back.

How a group is committed is the database's part. It settles every job; or it is interrupted (KeyboardInterrupt in the
thread that leads) with some not settled, of which nothing was written. Those are not the interrupted thread's to lose:
they go back to the head of the queue, and the first of them leads.
"""

import _thread
import os
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from hito.core.errors import Internal, Unavailable
from hito.store.database import Tx

T = TypeVar("T")


class Job:
    """One caller's work, what became of it, and the latch on which its caller waits."""

    __slots__ = ("abandoned", "error", "latch", "leads", "result", "settled", "work")

    def __init__(self, work: Callable[[Tx], Any]) -> None:
        self.work = work
        self.result: Any = None
        self.error: BaseException | None = None
        self.settled = False
        """Its outcome is certain: durably written, or failed with nothing of it written."""
        self.leads = False
        self.abandoned = False
        self.latch: Any = None

    def fail(self, error: BaseException) -> None:
        self.error = error
        self.settled = True


class Group:
    """Hands work to `commit` in groups, from whichever thread happens to lead. One group at a time.

    Args:
        commit: executes jobs in one transaction and settles each of them.
        most: jobs that share a commit at most: bounds how long the first of them waits for the rest.
    """

    def __init__(self, commit: Callable[[list[Job]], None], most: int) -> None:
        self._commit = commit
        self._most = most
        self._mutex = threading.Lock()
        self._idle = threading.Condition(self._mutex)
        self._closed = False
        self._queue: deque[Job] = deque()
        self._led = False
        self._process = os.getpid()

    def write(self, work: Callable[[Tx], T]) -> T:
        """Execute `work` in a group; its result, or its exception."""
        self.check_process()
        job = Job(work)
        with self._mutex:
            if self._closed:
                raise Unavailable("The store is closed.")
            if self._led:
                job.latch = _thread.allocate_lock()
                job.latch.acquire()
                self._queue.append(job)
            else:
                self._led = job.leads = True
        if not job.leads:
            try:
                job.latch.acquire()  # until its group is durable, or the lead is handed over
            except BaseException:
                self._abandon(job)
                raise
        if job.leads:
            self._lead(job)
        if job.error is not None:
            raise job.error
        result: T = job.result
        return result

    def check_process(self) -> None:
        """No database allows a connection in two processes, and a lock that was held when the process forked stays so.

        Raises: Internal.
        """
        if os.getpid() != self._process:
            raise Internal("This store was opened before the process forked; open it again in the new process.")

    def close(self) -> None:
        """Take no more work, and wait for what was taken."""
        with self._idle:
            self._closed = True
            self._idle.wait_for(lambda: not self._led)

    def _lead(self, mine: Job) -> None:
        group = [mine]
        try:
            with self._mutex:
                while self._queue and len(group) < self._most:
                    group.append(self._queue.popleft())
            self._commit(group)
        finally:
            self._hand_over(group[1:])

    def _hand_over(self, others: list[Job]) -> None:
        """Wake those whose work is settled, and make the next in the queue the leader."""
        with self._mutex:
            self._queue.extendleft(reversed([job for job in others if not (job.settled or job.abandoned)]))
            successor = self._queue.popleft() if self._queue else None
            if successor is None:
                self._led = False
                self._idle.notify_all()
            else:
                successor.leads = True
        if successor is not None:
            successor.latch.release()
        for job in others:
            if job.settled:
                job.latch.release()

    def _abandon(self, job: Job) -> None:
        """The caller was interrupted while it waited. Its work may be in a group already; if not, it never will be."""
        with self._mutex:
            job.abandoned = True
            if job in self._queue:
                self._queue.remove(job)
        if job.leads:
            self._hand_over([])

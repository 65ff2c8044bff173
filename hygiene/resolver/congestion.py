"""Pacing: how fast one name server is asked, by what became of the questions before.

Pure arithmetic over times that are handed in. The rate grows while nothing is lost. Where questions are
lost or refused it falls to a little below the rate of answers that came, which is what the server can do.
"""

__all__ = ["CongestionWindow"]

#: Questions a second at first; doubled each epoch until something is lost. Assumed: any resolver bears it.
START_PER_S = 1_000.0

#: The rate never falls below this, so that a server that recovers is noticed.
FLOOR_PER_S = 10.0

#: Shortest time over which losses are counted, and questions settled that make the count tell something.
EPOCH_S, EPOCH_QUESTIONS, LONGEST_EPOCH_S = 0.05, 20, 1.0

#: The rate may be so many times that of the answers in an epoch. An epoch is two round trips, and answers come
#: one after their questions: at a rate that was doubled, they are three quarters of what it brings.
GROWTH = 2 / 0.75

#: Share of questions lost that still counts as none: a network loses some by itself.
TOLERATED = 0.03

#: Seconds of questions that may be sent at once after a pause, so that a busy machine does not fall behind.
BURST_S = 0.06

#: Bounds of the time that an answer is waited for, and the first such time. RFC 6298 with a lower floor.
LEAST_WAIT_S, MOST_WAIT_S, FIRST_WAIT_S = 0.2, 2.0, 1.0


class CongestionWindow:
    """The pace towards one name server.

    Args:
        now: The time, in seconds; the same clock is handed to every call.
        ceiling_per_s: Questions a second that are never exceeded; None for no such limit.

    Attributes:
        rate_per_s: Questions a second at present.
        left: Questions that might be sent when `credit` was last asked, less those sent since.
        overrun_at: When it was last seen that more was asked than the server bears.
    """

    def __init__(self, now: float, *, ceiling_per_s: float | None = None) -> None:
        self._ceiling: float = ceiling_per_s or float("inf")
        self.rate_per_s = min(START_PER_S, self._ceiling)
        self._steady = float("inf")
        self._background = 0.0
        self.left, self._credited = 1.0, now
        self._smooth_s, self._swing_s = 0.0, 0.0
        self._cut = now
        self._heard = False
        self.overrun_at = float("-inf")
        self._loss_before = 0.0
        self._begin(now)

    def _begin(self, now: float) -> None:
        self._epoch, self._answers, self._lost, self._refused = now, 0, 0, 0
        self._sent, self._failures = 0, 0

    def credit(self, now: float) -> float:
        """Questions that may be sent now."""
        gained = (now - self._credited) * self.rate_per_s
        self.left = min(self.left + gained, max(1.0, self.rate_per_s * BURST_S))
        self._credited = now
        return self.left

    def pause_s(self) -> float:
        """Seconds until one more question may be sent."""
        return max(0.0, (1.0 - self.left) / self.rate_per_s)

    def wait_s(self, tries: int) -> float:
        """Seconds to wait for an answer to the try of this number, from 0."""
        once = self._smooth_s + 4 * self._swing_s if self._smooth_s else FIRST_WAIT_S
        return min(max(once, LEAST_WAIT_S) * 2.0**tries, MOST_WAIT_S)

    def sent(self, count: int = 1) -> None:
        """Count questions that went out."""
        self.left -= count
        self._sent += count

    def answered(self, now: float, *, waited_s: float, lost_at: float | None = None) -> None:
        """Count an answer.

        Args:
            now: The time.
            waited_s: Seconds since the try that it answers.
            lost_at: When the try before that was sent, which got no answer; None where there was none.
        """
        if not self._heard:
            self._heard = True
            self._begin(now)  # before the first answer there is nothing to count
        self._answers += 1
        if lost_at is None:
            self._measure(waited_s)
        else:
            # What went out before the last cut was lost at the rate that was cut then: once is enough.
            self._lost += lost_at > self._cut
        self._close_epoch(now)

    def refused(self, now: float, *, sent_at: float) -> None:
        """Count a question that the server refused for being asked too much."""
        self._refused += sent_at > self._cut
        self._close_epoch(now)

    def failed(self, now: float) -> None:
        """Count a SERVFAIL: one says something about a domain, a burst about the server."""
        self._answers += 1
        self._failures += 1
        self._close_epoch(now)

    def silent(self, now: float) -> None:
        """Slow down because the server has gone silent altogether."""
        self._slow_to(self.rate_per_s / 2, now)

    def _measure(self, waited_s: float) -> None:
        # RFC 6298 2.2 and 2.3; the swing first, as it is about the mean from before this answer.
        if not self._smooth_s:
            self._smooth_s, self._swing_s = waited_s, waited_s / 2
            return
        self._swing_s += (abs(waited_s - self._smooth_s) - self._swing_s) / 4
        self._smooth_s += (waited_s - self._smooth_s) / 8

    def _close_epoch(self, now: float) -> None:
        length_s, settled = now - self._epoch, self._answers + self._lost + self._refused
        if length_s < max(EPOCH_S, 2 * self._smooth_s) or (
            settled < EPOCH_QUESTIONS and length_s < LONGEST_EPOCH_S
        ):
            return
        loss, refused = self._lost / settled, self._refused / settled
        too_much = loss > max(TOLERATED, 1.5 * self._background) or refused > TOLERATED
        if too_much and settled >= EPOCH_QUESTIONS:
            self._slow_down(loss, self._answers / length_s, now)
        elif self._failures > settled / 2 and self._failures >= EPOCH_QUESTIONS:
            self._slow_to(max(self.rate_per_s * 0.7, FLOOR_PER_S * 10), now)
        elif self._sent > self.rate_per_s * length_s / 2 and self._answers > 0.6 * self._sent:
            # Only where the rate is used to the full and the answers keep up with it.
            self._speed_up(self._answers / length_s)
        self._begin(now)

    def _slow_down(self, loss: float, answered_per_s: float, now: float) -> None:
        if self._loss_before and loss > 0.7 * self._loss_before:
            # Asking less did not help: the network loses that much by itself.
            self._background = min(loss, 0.3)
        self._loss_before = loss
        if answered_per_s:
            self.overrun_at = now
        self._steady = min(answered_per_s, self.rate_per_s)
        self._slow_to(0.9 * self._steady, now)

    def _slow_to(self, rate_per_s: float, now: float) -> None:
        self.rate_per_s = max(min(rate_per_s, self.rate_per_s), FLOOR_PER_S)
        self._cut = now

    def _speed_up(self, answered_per_s: float) -> None:
        """Double below half of what the server was seen to bear, then feel the way up."""
        self._loss_before = 0.0
        self._background *= 0.95
        factor = 2.0 if self.rate_per_s < self._steady / 2 else 1.04
        wanted = min(self.rate_per_s * factor, GROWTH * answered_per_s, self._ceiling)
        self.rate_per_s = max(self.rate_per_s, wanted)

"""What is refused leaves no trace: a learner takes all of its data in, or nothing."""

from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def unchanged_if_refused(learner: object) -> Generator[None]:
    """Whatever is raised within leaves the attributes of `learner` as they were, the same objects: so their values must
    be replaced, never written into."""
    before = dict(vars(learner))
    try:
        yield
    except BaseException:
        vars(learner).clear()
        vars(learner).update(before)
        raise

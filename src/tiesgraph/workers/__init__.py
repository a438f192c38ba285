"""Work on the store in processes that can be killed.

`Pool(store)` forks workers; `await pool.run(task, argument)` is what `task(store, argument)` returns there.
`Inline(store)` does the same in this process, without limits.
"""

from tiesgraph.workers.limits import Limits
from tiesgraph.workers.outcomes import Outcomes
from tiesgraph.workers.pool import Pool
from tiesgraph.workers.runner import Inline, Runner

__all__ = ["Inline", "Limits", "Outcomes", "Pool", "Runner"]

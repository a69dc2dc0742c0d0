"""What readers get: the HTML report, the terminal table, and the files.

The package can be called: `stance.report(articles)` is `stance.api.report`, which would otherwise be hidden by the
package as soon as any part of it is imported.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    def __call__(self, *args: Any, **options: Any) -> Any:
        from stance.api import report

        return report(*args, **options)


sys.modules[__name__].__class__ = _Callable

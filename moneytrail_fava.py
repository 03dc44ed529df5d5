"""The module that a run's fava-group.beancount names as its Fava extension.

Wherever the code behind it moves, books that were written once go on loading.
"""

from runs.fava_page.fava_extension import MoneyTrail as MoneyTrail

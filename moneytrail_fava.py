"""The module that a run's group.beancount names as its Fava extension.

Fava loads it where moneytrail is installed; elsewhere Fava opens the books and notes that this
module is missing. Wherever the code behind it moves, books that were written once go on loading.
"""

from runs.fava_page.fava_extension import MoneyTrail as MoneyTrail

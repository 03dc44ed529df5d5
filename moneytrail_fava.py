"""The module that a run's fava-group.beancount names as its Fava extension.

Written books still load if the code moves to another module.
"""

from runs.fava_page.fava_extension import MoneyTrail as MoneyTrail

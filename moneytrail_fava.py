"""The Fava extension, to which the file `fava-group.beancount` of each run refers.

The extension's code is in `runs.fava_page`, but the run's file refers to this module. So the file
of an older run still works if the code moves to another module.
"""

from runs.fava_page.fava_extension import MoneyTrail as MoneyTrail

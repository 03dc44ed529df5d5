"""The Fava extension that each run's file `fava-group.beancount` names.

The extension's code is in `runs.fava_page`, but the file names this module. So the file of an older
run still works if the code moves to another module.
"""

from runs.fava_page.fava_extension import MoneyTrail as MoneyTrail

"""The Fava extension that the file fava-group.beancount of each run names.

The file names this module and not `runs.fava_page`, where the extension's code is. So the books of
older runs still load if that code moves to another module.
"""

from runs.fava_page.fava_extension import MoneyTrail as MoneyTrail

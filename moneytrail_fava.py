"""The Fava extension that the file fava-group.beancount of each run names.

The file names this module, so that the books of older runs still load if the extension's code moves
to another module.
"""

from runs.fava_page.fava_extension import MoneyTrail as MoneyTrail

"""The Fava extension that the file fava-group.beancount of each run names.

So the books of older runs still load if the code of the extension moves to another module.
"""

from runs.fava_page.fava_extension import MoneyTrail as MoneyTrail

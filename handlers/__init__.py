"""Every handler, in the order in which updates meet them."""

from handlers import anyone, class_head, group, learner, teacher, unexpected
from handlers.door import Handlers

HANDLERS: Handlers = (
    *group.HANDLERS,
    *anyone.HANDLERS,
    *teacher.HANDLERS,
    *class_head.HANDLERS,
    *learner.HANDLERS,
    *unexpected.HANDLERS,
)

"""Every handler, in the order in which updates meet them."""

from handlers import (
    anyone,
    author,
    class_head,
    group,
    homework,
    learner,
    praise,
    recorder,
    tasks,
    teacher,
    unexpected,
)
from handlers.door import Handlers

HANDLERS: Handlers = (
    *group.HANDLERS,
    *anyone.HANDLERS,
    *author.HANDLERS,
    *homework.HANDLERS,
    *praise.HANDLERS,
    *recorder.HANDLERS,
    *tasks.HANDLERS,
    *teacher.HANDLERS,
    *class_head.HANDLERS,
    *learner.HANDLERS,
    *unexpected.HANDLERS,
)

"""Every handler, in the order in which updates meet them."""

from handlers import (
    announce,
    anyone,
    author,
    class_head,
    coming,
    delivery,
    group,
    homework,
    learner,
    poll,
    praise,
    recorder,
    settings,
    tasks,
    teacher,
    timetable,
    unexpected,
)
from handlers.door import Handlers

HANDLERS: Handlers = (
    *group.HANDLERS,
    *anyone.HANDLERS,
    *author.HANDLERS,
    *announce.HANDLERS,
    *delivery.HANDLERS,
    *poll.HANDLERS,
    *coming.HANDLERS,
    *homework.HANDLERS,
    *praise.HANDLERS,
    *recorder.HANDLERS,
    *tasks.HANDLERS,
    *timetable.HANDLERS,
    *teacher.HANDLERS,
    *class_head.HANDLERS,
    *settings.HANDLERS,
    *learner.HANDLERS,
    *unexpected.HANDLERS,
)

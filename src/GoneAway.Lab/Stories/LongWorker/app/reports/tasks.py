import os
import time

from celery import shared_task
from celery.utils.log import get_task_logger

from .models import Report

logger = get_task_logger(__name__)


@shared_task
def compute(pk):
    report = Report.objects.get(pk=pk)
    report.state = 'running'
    report.save()
    logger.info('report %s is being computed', report.name)
    # Hours, in the story; nothing here needs the database.
    time.sleep(float(os.environ['COMPUTING']))
    report.total = 42
    report.state = 'done'
    report.save()
    logger.info('report %s is done', report.name)

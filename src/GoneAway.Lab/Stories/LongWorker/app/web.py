"""What the web site does: makes the table, asks for a report (queue), or shows how far the reports are (show)."""
import os
import sys

import django

os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'project.settings')
django.setup()

from django.db import connection
from reports.models import Report
from reports.tasks import compute

if sys.argv[1] == 'queue':
    os.makedirs(os.path.join(os.environ['WORK'], 'queue'), exist_ok=True)
    with connection.schema_editor() as editor:
        editor.create_model(Report)
    compute.delay(Report.objects.create(name='sales').pk)
else:
    for report in Report.objects.all():
        print(f'the site says: report {report.name} is {report.state}')

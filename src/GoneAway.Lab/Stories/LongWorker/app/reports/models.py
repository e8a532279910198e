from django.db import models


class Report(models.Model):
    name = models.CharField(max_length=40)
    state = models.CharField(max_length=20, default='waiting')
    total = models.IntegerField(null=True)

import os

SECRET_KEY = 'of the lab'
USE_TZ = False
TIME_ZONE = 'UTC'
INSTALLED_APPS = ['reports']
DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'

DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.mysql',
        'NAME': 'shop',
        'USER': 'app',
        'PASSWORD': 'secret',
        'HOST': os.environ['DB_HOST'],
        'PORT': os.environ['DB_PORT'],
    }
}

_queue = os.path.join(os.environ['WORK'], 'queue')
CELERY_BROKER_URL = 'filesystem://'
CELERY_BROKER_TRANSPORT_OPTIONS = {'data_folder_in': _queue, 'data_folder_out': _queue}

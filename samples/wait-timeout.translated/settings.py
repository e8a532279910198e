DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "portal",
        "USER": "portal",
        "PASSWORD": os.environ["PORTAL_DB_PASSWORD"],
        "HOST": "10.44.0.2",
        "PORT": "3306",
        "CONN_MAX_AGE": None,
    }
}
CELERY_BROKER_URL = "redis://10.44.0.9:6379/0"

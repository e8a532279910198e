namespace GoneAway.Evidence.Tests.Config.Applications;

public sealed class ProcessServerTests
{
    [Theory]
    [InlineData("[uwsgi]\nmodule = app:app\nmaster = true\nprocesses = 4\nthreads = 2\nharakiri = 60", "uwsgi loaded_before_fork=ON@4; uwsgi threads=2@5; uwsgi worker_timeout=60@6; uwsgi workers=4@4")]
    [InlineData("[uwsgi]\nmaster=true\nprocesses=4\nlazy-apps=true\nsingle-interpreter=true", "uwsgi loaded_before_fork=OFF@4; uwsgi workers=4@3")]
    [InlineData("[uwsgi]\nworkers = 1", "uwsgi workers=1@2")]
    [InlineData("[uwsgi]\nworkers = 8\nlazy = 0", "uwsgi loaded_before_fork=ON@3; uwsgi workers=8@2")]
    [InlineData("uwsgi:\n  master: true\n  processes: 4\n  lazy-apps: true", "uwsgi loaded_before_fork=OFF@4; uwsgi workers=4@3")]
    [InlineData("ExecStart=/usr/bin/uwsgi --http :80 --master --processes 4 --lazy-apps -w app", "uwsgi loaded_before_fork=OFF@1; uwsgi workers=4@1")]
    [InlineData("bind = '0.0.0.0:8000'\nworkers = 4\npreload_app = True\ntimeout = 120\nworker_class = 'gthread'\nthreads = 8", "gunicorn loaded_before_fork=ON@3; gunicorn threads=8@6; gunicorn worker_timeout=120@4; gunicorn workers=4@2")]
    [InlineData("import multiprocessing\nbind = ':8000'\nworkers = multiprocessing.cpu_count() * 2 + 1\npreload_app = False\n", "gunicorn loaded_before_fork=OFF@4")]
    [InlineData("CMD [\"gunicorn\", \"--preload\", \"-w\", \"4\", \"--timeout\", \"90\", \"app:app\"]", "gunicorn loaded_before_fork=ON@1; gunicorn worker_timeout=90@1; gunicorn workers=4@1")]
    [InlineData("web: gunicorn shop.wsgi:application --workers=3", "gunicorn loaded_before_fork=OFF@1; gunicorn workers=3@1")]
    [InlineData("exec gunicorn app:app \\\n  --workers 3 \\\n  -c gunicorn.conf.py", "gunicorn workers=3@1")]
    [InlineData("worker: celery -A proj worker -l info -c 8", "celery loaded_before_fork=ON@1; celery workers=8@1")]
    [InlineData("command=/venv/bin/celery -A proj worker --pool=gevent --concurrency=100 --time-limit=300", "celery loaded_before_fork=OFF@1; celery worker_timeout=300@1; celery workers=100@1")]
    [InlineData("app.conf.worker_pool = 'prefork'\napp.conf.task_time_limit = 30 * 60\napp.conf.worker_concurrency = 4", "celery loaded_before_fork=ON@1; celery worker_timeout=1800@2; celery workers=4@3")]
    [InlineData("app.conf.update(\n    task_time_limit=600,\n    worker_pool=\"threads\",\n)", "celery loaded_before_fork=OFF@3; celery worker_timeout=600@2")]
    [InlineData("CELERY_WORKER_CONCURRENCY = 2\nCELERYD_TASK_TIME_LIMIT = 60", "celery worker_timeout=60@2; celery workers=2@1")]
    [InlineData("workers ENV.fetch('WEB_CONCURRENCY') { 2 }\nthreads 5, 5\npreload_app!\non_worker_boot do\nend", "puma loaded_before_fork=ON@3; puma threads=5@2; puma workers=2@1")]
    [InlineData("worker_processes 4\ntimeout 30\npreload_app true", "unicorn loaded_before_fork=ON@3; unicorn workers=4@1")]
    [InlineData("@@ -5,4 +5,5 @@\n [uwsgi]\n processes = 4\n-lazy-apps = False\n+lazy-apps = True", "uwsgi loaded_before_fork=OFF@5; uwsgi workers=4@3")]
    [InlineData("command: [\"gunicorn\", \"shop.wsgi\", \"--workers\", \"4\"]", "gunicorn loaded_before_fork=OFF@1; gunicorn workers=4@1")]
    public void Workers_and_what_is_loaded_before_their_fork_are_told(string text, string facts) => Assert.Equal(facts, Told.By(text));

    [Theory]
    [InlineData("[program:x]\ncommand=/usr/bin/celery -A proj beat")]
    [InlineData("pip install gunicorn celery uwsgi")]
    [InlineData("workers = 4")]
    [InlineData("threads 5, 5")]
    public void Words_that_start_nothing_give_nothing(string text) => Assert.Equal("nothing", Told.By(text));
}

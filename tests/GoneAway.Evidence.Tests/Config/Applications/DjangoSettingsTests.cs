namespace GoneAway.Evidence.Tests.Config.Applications;

public sealed class DjangoSettingsTests
{
    [Fact]
    public void DATABASES_is_told_with_what_its_options_say() => Told.Exactly("""
        DATABASES = {
            'default': {
                'ENGINE': 'django.db.backends.mysql',
                'NAME': 'shop',
                'HOST': '10.0.0.1',
                'PORT': '3306',
                'PASSWORD': os.environ['DB_PASSWORD'],
                'CONN_MAX_AGE': 3600,
                'CONN_HEALTH_CHECKS': True,
                'OPTIONS': {
                    'connect_timeout': 5,
                    'read_timeout': 60,
                    'init_command': "SET sql_mode='STRICT_TRANS_TABLES', SESSION wait_timeout = 600",
                },
            },
            'stats': {
                'ENGINE': 'django.db.backends.postgresql',
                'CONN_MAX_AGE': 77,
            },
        }
        """,
        "django host=10.0.0.1@5", "django port=3306@6", "django persistent=ON@8", "django max_lifetime=3600@8", "django test_on_borrow=ON@9", "django connect_timeout=5@11", "django read_timeout=60@12", "django session_wait_timeout=600@13");

    [Theory]
    [InlineData("CONN_MAX_AGE = 0", "django persistent=OFF@1")]
    [InlineData("'CONN_MAX_AGE': None,", "django persistent=ON@1")]
    [InlineData("DATABASES = {'default': dj_database_url.config(conn_max_age=600, conn_health_checks=True)}", "django max_lifetime=600@1; django persistent=ON@1; django test_on_borrow=ON@1")]
    [InlineData("DATABASES['default']['CONN_MAX_AGE'] = 60", "django max_lifetime=60@1; django persistent=ON@1")]
    [InlineData("CONN_MAX_AGE = int(os.environ.get('CONN_MAX_AGE', 120))", "django max_lifetime=120@1; django persistent=ON@1")]
    public void Each_way_to_set_the_age_is_understood(string text, string facts) => Assert.Equal(facts, Told.By(text));

    [Fact]
    public void Without_an_age_the_connection_ends_with_the_request() =>
        Told.Exactly("DATABASES = {\n  'default': {\n    'ENGINE': 'django.db.backends.mysql',\n    'NAME': 'x',\n  }\n}", "django persistent=OFF@3");

    [Theory]
    [InlineData("DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'db.sqlite3', 'CONN_MAX_AGE': 5}}")]
    [InlineData("CACHES = {'default': {'OPTIONS': {'MAX_ENTRIES': 3}}}")]
    public void Other_databases_and_caches_give_nothing(string text) => Assert.Equal("nothing", Told.By(text));
}

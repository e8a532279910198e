"""Django's ORM over mysqlclient: models, queries, transaction.atomic, connections that are kept (CONN_MAX_AGE)."""
import decimal

import django
from django.conf import settings

from transcript import HOST, PASSWORD, PORT, SCHEMA, USER, VARIANT, fails, finish, say, section

OPTIONS = {"charset": "utf8mb4", **({"ssl": {"cipher": "ALL"}} if VARIANT == "tls" else {"compress": True} if VARIANT == "compressed" else {})}


def database(schema, age):
    return {"ENGINE": "django.db.backends.mysql", "HOST": HOST, "PORT": PORT, "USER": USER, "PASSWORD": PASSWORD, "NAME": schema, "CONN_MAX_AGE": age, "OPTIONS": OPTIONS}


settings.configure(DATABASES={"default": database(SCHEMA, 60), "brief": database(SCHEMA, 0), "bare": database("", 0)}, USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.AutoField")
django.setup()

from django.db import close_old_connections, connection, connections, models, transaction  # noqa: E402
from django.db.models import Count, F, Q, Sum  # noqa: E402


class Author(models.Model):
    name = models.CharField(max_length=50, unique=True)

    class Meta:
        app_label = "library"


class Book(models.Model):
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")
    title = models.CharField(max_length=100)
    price = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    cover = models.BinaryField(null=True)
    facts = models.JSONField(default=dict)

    class Meta:
        app_label = "library"


def prepare():
    with connections["bare"].cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {SCHEMA}")
        cursor.execute(f"CREATE DATABASE {SCHEMA} CHARACTER SET utf8mb4")
    connections["bare"].close()
    with connection.schema_editor() as editor:
        editor.create_model(Author)
        editor.create_model(Book)
    say("tables", sorted(connection.introspection.table_names()))


def queries():
    author = Author.objects.create(name="häß 🚀")
    say("created", author.pk, Author.objects.get_or_create(name="second")[1], Author.objects.get_or_create(name="second")[1])
    books = Book.objects.bulk_create([Book(author=author, title=f"title {number}", price=decimal.Decimal(number) / 4, cover=bytes(range(256)), facts={"n": [number, None]}) for number in range(300)], batch_size=100)
    say("bulk", len(books), Book.objects.count())
    say("filter", list(Book.objects.filter(Q(price__gt=70) | Q(title__endswith=" 7")).order_by("id").values_list("title", "price")[:5]))
    say("aggregate", Book.objects.aggregate(Sum("price"), Count("id")))
    say("annotate", list(Book.objects.values("author__name").annotate(n=Count("id"))))
    say("related", [(one.author.name, one.facts) for one in Book.objects.select_related("author").order_by("-id")[:2]])
    say("json", Book.objects.filter(facts__n__0=5).count())
    say("update", Book.objects.filter(title="title 1").update(price=F("price") + 1), Book.objects.get(title="title 1").price)
    say("iterator", sum(len(one.cover) for one in Book.objects.iterator(chunk_size=50)))
    say("delete", Book.objects.filter(price__lt=10).delete()[0])
    fails("duplicate", Author.objects.create, name="second")
    fails("missing", Author.objects.get, name="nobody")
    say("raw", [one.name for one in Author.objects.raw("SELECT * FROM library_author WHERE name = %s", ["second"])])


def atomic():
    try:
        with transaction.atomic():
            Author.objects.create(name="gone")
            raise KeyError("to roll back")
    except KeyError:
        say("rolled back", Author.objects.filter(name="gone").count())
    with transaction.atomic():
        Author.objects.create(name="kept")
        try:
            with transaction.atomic():
                Author.objects.create(name="kept")
        except django.db.IntegrityError as fault:
            say("savepoint", str(fault))
        transaction.on_commit(lambda: say("on commit", connection.in_atomic_block))
        say("locked", Author.objects.select_for_update().get(name="kept").name)
        say("unseen", Author.objects.using("brief").filter(name="kept").count())
    say("kept", Author.objects.using("brief").filter(name="kept").count())
    with transaction.atomic():
        Author.objects.create(name="half")
        transaction.set_rollback(True)
    say("half", Author.objects.filter(name="half").count())


def kept():
    with connection.cursor() as cursor:
        cursor.execute("SET @kept = 1")
    close_old_connections()
    with connection.cursor() as cursor:
        cursor.execute("SELECT @kept, @@autocommit, @@sql_auto_is_null")
        say("kept open", cursor.fetchone())
    say("usable", connection.is_usable())
    Author.objects.using("brief").count()
    close_old_connections()
    say("closed", connections["brief"].connection is None, connection.connection is not None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT CONNECTION_ID()")
        number = cursor.fetchone()[0]
    with connections["brief"].cursor() as cursor:
        cursor.execute(f"KILL {number}")
    for _ in range(1000):
        if not connection.is_usable():
            break
    say("usable after the kill", connection.is_usable())
    connection.errors_occurred = True
    close_old_connections()
    say("again", Author.objects.count(), connection.is_usable())


for step in (prepare, queries, atomic, kept):
    section(step.__name__, step)
connections.close_all()
finish()

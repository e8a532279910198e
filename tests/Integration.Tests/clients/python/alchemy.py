"""SQLAlchemy, core, ORM and pool, over PyMySQL or mysqlclient: alchemy.py pymysql|mysqldb."""
import decimal
import sys

import sqlalchemy as sa
from sqlalchemy import orm

from transcript import HOST, PASSWORD, PORT, SCHEMA, USER, VARIANT, fails, finish, say, section

if VARIANT == "tls":
    WAY = {"ssl": {"check_hostname": False, "verify_mode": "none"} if sys.argv[1] == "pymysql" else {"cipher": "ALL"}}
else:
    WAY = {"compress": True} if VARIANT == "compressed" else {}


def engine_of(schema=SCHEMA, **options):
    url = sa.engine.URL.create(f"mysql+{sys.argv[1]}", USER, PASSWORD, HOST, PORT, schema, {"charset": "utf8mb4"})
    return sa.create_engine(url, connect_args=WAY, future=True, **options)


Base = orm.declarative_base()


class Owner(Base):
    __tablename__ = "owners"
    id = sa.Column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(50), unique=True, nullable=False)
    things = orm.relationship("Thing", back_populates="owner", order_by="Thing.id", cascade="all, delete-orphan")


class Thing(Base):
    __tablename__ = "things"
    id = sa.Column(sa.Integer, primary_key=True)
    owner_id = sa.Column(sa.ForeignKey("owners.id"), nullable=False)
    price = sa.Column(sa.Numeric(12, 2))
    lump = sa.Column(sa.LargeBinary)
    words = sa.Column(sa.Text)
    owner = orm.relationship("Owner", back_populates="things")


def prepare():
    with engine_of(None).connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {SCHEMA}"))
        connection.execute(sa.text(f"CREATE DATABASE {SCHEMA} CHARACTER SET utf8mb4"))
        say("server", ".".join(map(str, connection.dialect.server_version_info)), connection.dialect.is_mariadb)


def core(engine):
    with engine.begin() as connection:
        say("insert", connection.execute(sa.insert(Owner), [{"name": f"owner {number}"} for number in range(100)]).rowcount)
        say("key", connection.execute(sa.insert(Owner).values(name="last")).inserted_primary_key[0])
    with engine.connect() as connection:
        say("count", connection.execute(sa.select(sa.func.count()).select_from(Owner)).scalar())
        say("in", [row.name for row in connection.execute(sa.select(Owner.name).where(Owner.id.in_([1, 5, 9])).order_by(Owner.id))])
        say("isolation", connection.get_isolation_level())
        fails("syntax", connection.execute, sa.text("SELEC 1"))
        fails("duplicate", connection.execute, sa.insert(Owner).values(name="last"))
    for level in ("READ COMMITTED", "SERIALIZABLE", "AUTOCOMMIT"):
        with engine.connect().execution_options(isolation_level=level) as connection:
            say(level, connection.get_isolation_level(), connection.execute(sa.text("SELECT @@autocommit")).scalar())
    with engine.connect() as connection:
        streamed = connection.execution_options(stream_results=True).execute(sa.text("SELECT a.id FROM owners a, owners b"))
        say("streamed", sum(row[0] for row in streamed))
    say("tables", sorted(sa.inspect(engine).get_table_names()), [column["name"] for column in sa.inspect(engine).get_columns("things")], sa.inspect(engine).get_foreign_keys("things")[0]["referred_table"])


def objects(engine):
    with orm.Session(engine) as session:
        owner = Owner(name="häß 🚀", things=[Thing(price=decimal.Decimal("1.10"), lump=bytes(range(256)), words="w" * 60_000), Thing(price=None)])
        session.add(owner)
        session.commit()
        say("refreshed", owner.id, [(one.id, str(one.price), one.lump and len(one.lump), one.words and len(one.words)) for one in owner.things])
        owner.things[0].price += 1
        session.flush()
        session.rollback()
        say("rolled back", str(owner.things[0].price))
        try:
            with session.begin_nested():
                session.add(Owner(name="last"))
                session.flush()
        except sa.exc.IntegrityError as fault:
            say("savepoint", str(fault.orig))
        owner.name = "renamed"
        session.commit()
        say("after savepoint", session.execute(sa.select(Owner.name).where(Owner.id == owner.id)).scalar())
        say("joined", [(one.owner.name, str(one.price)) for one in session.execute(sa.select(Thing).options(orm.joinedload(Thing.owner)).order_by(Thing.id)).scalars()])
        session.delete(owner)
        session.commit()
        say("deleted", session.execute(sa.select(sa.func.count()).select_from(Thing)).scalar())


def pool():
    engine = engine_of(pool_size=2, max_overflow=0, pool_pre_ping=True, pool_recycle=3600)
    for number in range(6):
        with engine.connect() as connection:
            connection.execute(sa.text(f"SET @left = {number}"))
            say("pooled", connection.execute(sa.text("SELECT 1")).scalar())
    victim = engine.connect()
    number = victim.execute(sa.text("SELECT CONNECTION_ID()")).scalar()
    victim.rollback()
    killer = engine.connect()
    killer.execute(sa.text(f"KILL {number}"))
    killer.close()
    victim.close()
    for _ in range(2):
        with engine.connect() as connection:
            say("after the kill", connection.execute(sa.text("SELECT 'alive'")).scalar())
    engine.dispose()


section("prepare", prepare)
engine = engine_of()
section("schema", Base.metadata.create_all, engine)
for step in (core, objects):
    section(step.__name__, step, engine)
section("pool", pool)
engine.dispose()
finish()

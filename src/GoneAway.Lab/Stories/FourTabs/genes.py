"""A Pyramid site as its author wrote it: uWSGI loads this module, and with it the first connection, before it forks its workers."""
import os

from pyramid.config import Configurator
from sqlalchemy import Column, Integer, String, create_engine
from sqlalchemy.orm import declarative_base, sessionmaker

ROWS = 2000

engine = create_engine('mysql+mysqldb://app:secret@%s:%s/shop' % (os.environ['DB_HOST'], os.environ['DB_PORT']))
Session = sessionmaker(bind=engine)
Base = declarative_base()


class Gene(Base):
    __tablename__ = 'gene'
    id = Column(Integer, primary_key=True)
    name = Column(String(40))
    locus = Column(String(40))


class Page(Base):
    __tablename__ = 'page'
    number = Column(Integer, primary_key=True)
    title = Column(String(40))


def fill():
    """The purchased data. The connection that brings them stays in the pool."""
    Base.metadata.create_all(engine)
    session = Session()
    if session.query(Gene).count() == 0:
        session.add_all(Gene(id=i, name='gene %d' % i, locus='chr%d' % (i % 23)) for i in range(1, ROWS + 1))
        session.add_all(Page(number=i, title='page %d' % i) for i in range(1, ROWS + 1))
    session.commit()
    session.close()


def check(asked, got):
    """Another visitor's row is worse than an error, and nobody but the site itself can see it."""
    if asked != got:
        print('WRONG ROW: asked for %r, got %r' % (asked, got), flush=True)


def show(request):
    number = int(request.matchdict['id'])
    session = Session()
    try:
        for i in range(5):
            wanted = (number * 37 + i) % ROWS + 1
            gene = session.query(Gene).filter(Gene.id == wanted).first()
            check((wanted, 'gene %d' % wanted), gene and (gene.id, gene.name))
            page = session.query(Page).filter(Page.number == wanted).first()
            check((wanted, 'page %d' % wanted), page and (page.number, page.title))
            session.commit()
        return 'gene %d' % number
    except Exception as error:
        print('worker %d: %s' % (os.getpid(), str(error).split('\n')[0]), flush=True)
        raise
    finally:
        session.close()


fill()
config = Configurator()
config.add_route('gene', '/gene/{id}')
config.add_view(show, route_name='gene', renderer='string')
application = config.make_wsgi_app()

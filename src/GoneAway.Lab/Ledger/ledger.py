"""One process of the ledger's application: THREADS clients, each with a connection of its own.

It never repeats anything by itself (but NAIVE=1), and writes down what it was told:
B client number kind parts              before the first statement of a piece of work
E client number outcome step code text  what it was told: 'acknowledged', 'error', or 'wrong' for an answer that cannot be
C client code text                      a connect that failed
"""
import os
import random
import sys
import threading
import time

if os.environ['DRIVER'] == 'mysqlclient':
    import MySQLdb as driver
else:
    import pymysql as driver

LOST = {0, 2002, 2003, 2006, 2013, 2014, 2055, 1053, 1927}
KINDS = {'insert': 4, 'unique': 3, 'counter': 2, 'transaction': 4, 'rollback': 1, 'read': 5}
NAIVE = os.environ['NAIVE'] == '1'
log = os.open(os.environ['LOG'], os.O_WRONLY | os.O_CREAT | os.O_APPEND)


def stopping():
    return os.path.exists(os.environ['STOP'])


def words(error):
    code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    if isinstance(error, OSError):
        code = 0
    return code, f'{type(error).__name__} {error}'


class Wrong(Exception):
    pass


class Client(threading.Thread):
    def __init__(self, number):
        super().__init__()
        self.me = number
        self.random = random.Random(int(os.environ['SEED']) * 1000 + number)
        self.connection = None
        self.step = ''
        self.last = None

    def note(self, *fields):
        text = '\t'.join(str(f).replace('\t', ' ').replace('\n', ' ') for f in fields)
        os.write(log, f'{text}\t{time.time():.3f}\n'.encode())

    def connect(self):
        while not stopping():
            try:
                self.connection = driver.connect(host=os.environ['DB_HOST'], port=int(os.environ['DB_PORT']), user='app', password='secret', database='shop',
                                                 connect_timeout=20, read_timeout=60, autocommit=True)
                self.query(f'SET SESSION group_concat_max_len = {1000 + self.me}')
                return True
            except (driver.Error, OSError) as error:
                self.note('C', self.me, *words(error))
                time.sleep(0.1)
        return False

    def query(self, sql):
        cursor = self.connection.cursor()
        try:
            cursor.execute(sql)
            return cursor.fetchall()
        finally:
            cursor.close()

    def run_sql(self, step, sql):
        self.step = step
        while True:
            try:
                return self.query(sql)
            except (driver.Error, OSError) as error:
                # What many an application does: connect again, and the same statement once more.
                if not NAIVE or words(error)[0] not in LOST or not self.connect():
                    raise

    def sized(self, sql):
        """Now and then too large to be kept on its way."""
        return f"{sql} /* {'x' * 1_200_000} */" if self.random.random() < 0.03 else sql

    def expect(self, what, got, wanted):
        if got != wanted:
            raise Wrong(f'{what}: {got!r} instead of {wanted!r}')

    def insert(self, n, parts):
        self.run_sql('write', self.sized(f'INSERT INTO journal (client, number, part) VALUES ({self.me}, {n}, 0)'))

    def unique(self, n, parts):
        self.run_sql('write', 'INSERT INTO ledger (client, number, part) VALUES ' + ', '.join(f'({self.me}, {n}, {p})' for p in range(parts)))

    def counter(self, n, parts):
        self.run_sql('write', f'UPDATE counters SET n = n + 1 WHERE client = {self.me}')

    def rows(self, n, parts):
        self.run_sql('begin', 'BEGIN')
        for p in range(parts):
            self.run_sql('inside', self.sized(f'INSERT INTO journal (client, number, part) VALUES ({self.me}, {n}, {p})'))
        if self.random.random() < 0.3:
            seen = self.run_sql('inside', f'SELECT COUNT(*) FROM journal WHERE client = {self.me} AND number = {n}')
            if not NAIVE:
                self.expect('rows of its own transaction', int(seen[0][0]), parts)

    def transaction(self, n, parts):
        self.rows(n, parts)
        self.run_sql('inside', f'UPDATE counters SET n = n + 1 WHERE client = {self.me}')
        self.run_sql('commit', 'COMMIT')

    def rollback(self, n, parts):
        self.rows(n, parts)
        self.run_sql('rollback', 'ROLLBACK')

    def read(self, n, parts):
        got = self.run_sql('read', f'SELECT {self.me}, {n}, @@group_concat_max_len, DATABASE()')
        self.expect('its own numbers', tuple(got[0]), (self.me, n, 1000 + self.me, 'shop'))
        if self.last is not None and not NAIVE:
            table, number, rows = self.last
            got = self.run_sql('read', f'SELECT COUNT(*) FROM {table} WHERE client = {self.me} AND number = {number}')
            self.expect(f'rows of {number}, which was acknowledged', int(got[0][0]), rows)

    def work(self, n):
        kind = self.random.choices(list(KINDS), list(KINDS.values()))[0]
        parts = 1 if kind in ('insert', 'counter') else 0 if kind == 'read' else self.random.randint(1, 4)
        self.note('B', self.me, n, kind, parts)
        self.step = ''
        try:
            getattr(self, kind)(n, parts)
            self.note('E', self.me, n, 'acknowledged', self.step, 0, '')
            if kind in ('insert', 'transaction'):
                self.last = ('journal', n, parts)
            elif kind == 'unique':
                self.last = ('ledger', n, parts)
        except Wrong as error:
            self.note('E', self.me, n, 'wrong', self.step, 0, error)
            return False
        except (driver.Error, OSError) as error:
            code, text = words(error)
            self.note('E', self.me, n, 'error', self.step, code, text)
            return code not in LOST and (kind not in ('transaction', 'rollback') or self.back_out())
        return True

    def back_out(self):
        try:
            self.query('ROLLBACK')
            return True
        except (driver.Error, OSError):
            return False

    def run(self):
        n = 0
        while not stopping() and (self.connection is not None or self.connect()):
            n += 1
            if not self.work(n):
                try:
                    self.connection.close()
                except (driver.Error, OSError):
                    pass
                self.connection = None
            time.sleep(self.random.random() * 0.008)


clients = [Client(int(os.environ['FIRST']) + i) for i in range(int(os.environ['THREADS']))]
for client in clients:
    client.start()
for client in clients:
    client.join()
print('ended', flush=True)
sys.exit(0)

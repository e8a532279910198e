"""The parts that the gateway's benchmarks run: a private MariaDB, and the ways to it. Each process is stopped by its id."""
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORES = len(os.sched_getaffinity(0))
USER, PASSWORD, SCHEMA = "bench", "bench-password", "bench"


class Missing(Exception):
    """A part that cannot be had on this machine."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def await_(seconds, what, condition):
    """Polls until the condition holds. Fails by name."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} did not happen within {seconds} s")
        time.sleep(0.05)


def accepts(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False


def raise_descriptor_limit(wanted=65536):
    """As many descriptors as are allowed, for this process and those it starts."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(hard, wanted), max(hard, wanted)))
    except (ValueError, PermissionError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class Program:
    """A running process: its processor time and memory."""

    def __init__(self, name, command, log, **kwargs):
        self.name, self.log = name, log
        with open(log, "ab") as out:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True, **kwargs)

    @property
    def pid(self):
        return self.process.pid

    def cpu_seconds(self):
        """User and system time so far."""
        fields = pathlib.Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self, field="VmRSS"):
        """Bytes of a line of /proc/PID/status."""
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
        raise RuntimeError(f"{self.name} has no {field}")

    def check(self):
        if self.process.poll() is not None:
            tail = pathlib.Path(self.log).read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{self.name} ended with status {self.process.returncode}:\n{tail}")

    def stop(self):
        for send in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is None:
                self.process.send_signal(send)
                try:
                    self.process.wait(40)
                except subprocess.TimeoutExpired:
                    pass


class Way:
    """One way to the database: a port, and the process in between (none: direct)."""

    def __init__(self, name, port, program=None, http=None):
        self.name, self.port, self.program, self.http = name, port, program, http

    def metrics(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/metrics", timeout=10) as answer:
            return answer.read().decode()


class Bench:
    """A folder for everything, the database, and the ways to it. A context manager."""

    def __init__(self, tool):
        self.tool = tool
        self.programs = []

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="goneaway-bench-"))
        self.descriptors = raise_descriptor_limit()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, RuntimeError):
            print(f"{self.tool}: {error}", file=sys.stderr)
            for program in self.programs:
                if program.process.poll() not in (None, 0):
                    print(f"{program.name} ended with status {program.process.returncode}", file=sys.stderr)
        for program in reversed(self.programs):
            program.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        if isinstance(error, RuntimeError):
            sys.exit(1)

    def start(self, name, command, port, seconds=60, **kwargs):
        program = Program(name, command, self.folder / f"{name}.log", **kwargs)
        self.programs.append(program)

        def up():
            program.check()
            return accepts(port)
        await_(seconds, f"the start of {name}", up)
        return program

    def need(self, *tools):
        for tool in tools:
            if not shutil.which(tool):
                sys.exit(f"{self.tool}: {tool} is missing")

    def database(self, max_connections=4000, *options):
        """MariaDB with all data in memory, and nothing written at commit but what the page cache holds."""
        self.need("mariadbd", "mariadb-install-db", "mariadb")
        data, port = self.folder / "db", free_port()
        user = subprocess.check_output(["id", "-un"], text=True).strip()
        subprocess.run(["mariadb-install-db", "--no-defaults", f"--user={user}", f"--datadir={data}",
                        "--auth-root-authentication-method=normal", "--skip-test-db"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.socket = self.folder / "s"
        self.server = self.start("mariadbd", [
            "mariadbd", "--no-defaults", f"--user={user}", f"--datadir={data}", f"--socket={self.socket}", f"--port={port}",
            "--bind-address=127.0.0.1", f"--pid-file={self.folder / 'pid'}", "--innodb-buffer-pool-size=1G",
            "--innodb-flush-log-at-trx-commit=0", "--skip-log-bin", "--skip-name-resolve", "--performance-schema=OFF",
            f"--max-connections={max_connections}", "--back-log=4096", f"--open-files-limit={self.descriptors}",
            "--max-connect-errors=1000000", "--table-open-cache=8000", "--thread-cache-size=1024", *options], port)
        self.sql(f"CREATE DATABASE {SCHEMA}; CREATE USER {USER}@'%' IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON *.* TO {USER}@'%'")
        self.port = port
        return port

    def sql(self, text, schema=""):
        return subprocess.run(["mariadb", "--no-defaults", f"--socket={self.socket}", "-u", "root", "-N", "-B", *([schema] if schema else []), "-e", text],
                              check=True, stdout=subprocess.PIPE, text=True).stdout

    def direct(self):
        return Way("direct", self.port)

    def haproxy(self, threads=CORES, connections=4000):
        self.need("haproxy")
        port, config = free_port(), self.folder / "haproxy.cfg"
        config.write_text(f"""
global
    nbthread {threads}
    maxconn {connections}
defaults
    mode tcp
    timeout connect 5s
    timeout client 1h
    timeout server 1h
    option tcp-smart-accept
listen mysql
    bind 127.0.0.1:{port}
    server db 127.0.0.1:{self.port}
""")
        return Way("haproxy", port, self.start("haproxy", ["haproxy", "-db", "-f", str(config)], port))

    def gateway(self, mode="session", threads=CORES, max_connections=0, name=None, environment=None):
        """This tree's gateway, or another build's: the launcher that GONEAWAY names."""
        port, http = free_port(), free_port()
        name = name or f"gateway, {mode}"
        config = self.folder / f"goneaway-{mode}-{port}.yaml"
        config.write_text(f"""
listen: ["127.0.0.1:{port}"]
backends:
  - address: "127.0.0.1:{self.port}"
    max_connections: {max_connections}
pool:
  mode: {mode}
accounts:
  entries:
    - user: {USER}
      password_variable: GONEAWAY_BENCH_PASSWORD
operation:
  http: "127.0.0.1:{http}"
  threads: {threads}
""")
        app = os.environ.get("GONEAWAY", ROOT / "goneaway")
        subprocess.run([app, "causes"], check=True, stdout=subprocess.DEVNULL)    # builds it
        program = self.start(f"gateway-{mode}", [app, "gateway", "--config", str(config)], port, 
                             env={**os.environ, "GONEAWAY_BENCH_PASSWORD": PASSWORD, **(environment or {})})
        return Way(name, port, program, http)

    def router(self, threads=CORES, connections=4000):
        """MySQL Router, which has to be fetched."""
        fetch = subprocess.run([ROOT / "src/GoneAway.Lab/Parts/fetch-mysql", "router"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if fetch.returncode:
            raise Missing(fetch.stderr.strip())
        home = pathlib.Path(fetch.stdout.strip())
        port, config, folder = free_port(), self.folder / "router.conf", self.folder / "router"
        folder.mkdir()
        config.write_text(f"""
[DEFAULT]
logging_folder={folder}
runtime_folder={folder}
data_folder={folder}
plugin_folder={home}/root/usr/lib/mysqlrouter/plugin
max_total_connections={connections}
[logger]
level=WARNING
[io]
threads={threads}
[routing:bench]
bind_address=127.0.0.1
bind_port={port}
destinations=127.0.0.1:{self.port}
routing_strategy=first-available
protocol=classic
max_connections={connections}
client_ssl_mode=DISABLED
server_ssl_mode=DISABLED
""")
        return Way("router", port, self.start("router", [str(home / "mysqlrouter"), "-c", str(config)], port))

    def ways(self, names):
        """The ways of a comma separated list; one that cannot be had is said and left out."""
        makers = {"direct": self.direct, "haproxy": self.haproxy, "session": lambda: self.gateway("session"),
                  "transaction": lambda: self.gateway("transaction"), "router": self.router}
        ways = []
        for name in names.split(","):
            if name not in makers:
                sys.exit(f"{self.tool}: no way is called {name}; there are {', '.join(makers)}")
            try:
                ways.append(makers[name]())
            except Missing as why:
                print(f"{name} is left out: {why}", file=sys.stderr)
        return ways


def machine():
    """What the numbers were measured on."""
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    memory = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemTotal"))

    def version(*command):
        try:
            return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.split("\n")[0].strip()
        except OSError:
            return f"no {command[0]}"
    return "\n".join([f"{CORES} cores ({model}), {memory / 2**20:.0f} GiB, Linux {os.uname().release}, load before {os.getloadavg()[0]:.2f}; {time.strftime('%F', time.gmtime())}",
                      version("mariadbd", "--version"), version("haproxy", "-v"), version("sysbench", "--version")])

"""What a client saw, a line per step, the same on every run: no times, no connection ids."""
import datetime
import decimal
import hashlib
import os
import re
import sys
import warnings

HOST = os.environ["CLIENT_HOST"]
PORT = int(os.environ["CLIENT_PORT"])
USER = os.environ["CLIENT_USER"]
PASSWORD = os.environ["CLIENT_PASSWORD"]
SCHEMA = os.environ["CLIENT_SCHEMA"]
VARIANT = os.environ.get("CLIENT_VARIANT", "plain")
MARIADB = os.environ.get("CLIENT_FLAVOUR", "mariadb") == "mariadb"
OTHER = ("other", "other-Secret_2")
ROWS = 100_000 if VARIANT == "plain" else 10_000
FAILED = False

warnings.simplefilter("ignore")
sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def shown(value):
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(shown(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {shown(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (bytes, bytearray)) and len(value) > 300:
        return f"{type(value).__name__}({len(value)} {hashlib.sha1(value).hexdigest()})"
    if isinstance(value, str) and len(value) > 1000:
        return f"str({len(value)} {hashlib.sha1(value.encode()).hexdigest()})"
    if isinstance(value, (datetime.datetime, datetime.date, datetime.timedelta, decimal.Decimal, bytes)):
        return f"{type(value).__name__}({value!s})" if not isinstance(value, bytes) else repr(value)
    return repr(value)


def say(step, *values):
    print(step + ":", *(shown(value) if not isinstance(value, str) else value for value in values), flush=True)


def error_text(fault):
    """Class, code and message of the driver's error, and of the one that it wraps."""
    original = getattr(fault, "orig", None) or fault
    arguments = original.args if original.args else ("",)
    return f"{type(fault).__module__}.{type(fault).__name__} {arguments[0]!r} {re.sub(r'0x[0-9a-f]+', '0x', str(arguments[1:]))}"


def fails(step, action, *arguments, **named):
    """The step has to fail; with what is the transcript."""
    try:
        result = action(*arguments, **named)
    except Exception as fault:  # whatever the driver raises is what the application sees
        say(step, error_text(fault))
    else:
        say(step, "no error,", result if result is not None else "nothing")


def section(name, action, *arguments):
    """A step that fails unforeseen is told and does not end the run."""
    global FAILED
    print(f"== {name}", flush=True)
    try:
        action(*arguments)
    except Exception as fault:
        FAILED = True
        say(f"{name} failed", error_text(fault))


def finish():
    print("== end" + (" with failures" if FAILED else ""))
    sys.exit(1 if FAILED else 0)

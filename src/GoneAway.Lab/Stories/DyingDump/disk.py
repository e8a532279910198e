"""Writes its input to a file on a disk that hangs for some seconds now and then, as NFS does."""
import sys
import time

FIRST, HANGS = 1 << 20, 7
written, hung = 0, False
with open(sys.argv[1], "wb") as target:
    while chunk := sys.stdin.buffer.read(65536):
        target.write(chunk)
        written += len(chunk)
        if written >= FIRST and not hung:
            hung = True
            time.sleep(HANGS)

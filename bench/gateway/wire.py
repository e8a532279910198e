"""A raw MySQL client without TLS for thousands of connections at once: COM_QUERY, text results; mysql_native_password, and
caching_sha2_password where the server knows the password already."""
import asyncio
import hashlib
import struct

CLIENT_LONG_PASSWORD, CLIENT_CONNECT_WITH_DB, CLIENT_PROTOCOL_41 = 1, 8, 512
CLIENT_TRANSACTIONS, CLIENT_SECURE_CONNECTION, CLIENT_PLUGIN_AUTH = 0x2000, 0x8000, 0x80000
CAPABILITIES = (CLIENT_LONG_PASSWORD | CLIENT_PROTOCOL_41 | CLIENT_TRANSACTIONS | CLIENT_SECURE_CONNECTION | CLIENT_PLUGIN_AUTH)


class ServerError(Exception):
    """An ERR packet: its code and text."""

    def __init__(self, payload):
        self.code = struct.unpack_from("<H", payload, 1)[0]
        super().__init__(f"{self.code} {payload[3:].decode(errors='replace')}")


def packet(sequence, payload):
    return struct.pack("<I", len(payload))[:3] + bytes([sequence]) + payload


def query(text):
    return packet(0, b"\x03" + text.encode())


def native_password(password, scramble):
    """SHA1(password) XOR SHA1(scramble + SHA1(SHA1(password)))"""
    once = hashlib.sha1(password.encode()).digest()
    mask = hashlib.sha1(scramble + hashlib.sha1(once).digest()).digest()
    return bytes(a ^ b for a, b in zip(once, mask))


def caching_sha2_password(password, scramble):
    """SHA256(password) XOR SHA256(SHA256(SHA256(password)) + scramble)"""
    once = hashlib.sha256(password.encode()).digest()
    mask = hashlib.sha256(hashlib.sha256(once).digest() + scramble).digest()
    return bytes(a ^ b for a, b in zip(once, mask))


PLUGINS = {b"mysql_native_password": native_password, b"caching_sha2_password": caching_sha2_password}


def greeting_scramble(payload):
    """The scramble, and the plugin that it is for."""
    at = payload.index(b"\0", 1) + 1 + 4
    first = payload[at:at + 8]
    second = at + 8 + 1 + 2 + 1 + 2 + 2 + 1 + 10
    return first + payload[second:second + 12], payload[second + 13:].rstrip(b"\0")


def login(payload, user, password, schema):
    """The answer to a greeting."""
    scramble, plugin = greeting_scramble(payload)
    if plugin not in PLUGINS:
        plugin = b"mysql_native_password"
    answer = PLUGINS[plugin](password, scramble)
    capabilities = CAPABILITIES | (CLIENT_CONNECT_WITH_DB if schema else 0)
    return (struct.pack("<IIB23x", capabilities, 1 << 24, 45) + user.encode() + b"\0" + bytes([len(answer)]) + answer
            + (schema.encode() + b"\0" if schema else b"") + plugin + b"\0")


class Client(asyncio.Protocol):
    """One connection. An answer is a list of the payloads of a whole response; the time it took is the caller's to take."""

    def __init__(self):
        self.buffer = bytearray()
        self.packets = []
        self.ends = 0
        self.columns = False
        self.phase_login = True
        self.waiter = None
        self.closed = None

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, error):
        self.closed = error or ConnectionError("closed by the other side")
        if self.waiter and not self.waiter.done():
            self.waiter.set_exception(ConnectionError(str(self.closed)))

    def data_received(self, data):
        self.buffer += data
        while len(self.buffer) >= 4:
            length = int.from_bytes(self.buffer[:3], "little")
            if len(self.buffer) < 4 + length:
                return
            sequence, payload = self.buffer[3], bytes(self.buffer[4:4 + length])
            del self.buffer[:4 + length]
            self.received(sequence, payload)

    def received(self, sequence, payload):
        if self.phase_login and payload == b"\x01\x03":    # AuthMoreData: the password was right, OK follows
            return
        self.sequence = sequence
        self.packets.append(payload)
        first = payload[0]
        if first == 0xFE and len(payload) < 9 and self.columns:
            self.ends += 1
            if self.ends < 2:
                return
        elif self.columns and first != 0xFF:
            return
        elif not self.phase_login and first not in (0, 0xFF):
            self.columns = True
            return
        packets, self.packets, self.ends, self.columns = self.packets, [], 0, False
        if self.waiter is None or self.waiter.done():
            self.closed = ConnectionError(f"a packet that nobody asked for: {payload[:80]!r}")
            self.transport.abort()
            return
        self.waiter.set_result(packets)

    async def answer(self, seconds):
        try:
            return await asyncio.wait_for(self.waiter, seconds)
        finally:
            self.waiter = None

    def expect(self):
        if self.closed:
            raise ConnectionError(str(self.closed))
        self.waiter = asyncio.get_running_loop().create_future()

    async def ask(self, text, seconds=60):
        """The payloads of the response. ServerError for an ERR packet."""
        self.expect()
        self.transport.write(query(text))
        packets = await self.answer(seconds)
        if packets[-1][0] == 0xFF:
            raise ServerError(packets[-1])
        return packets

    async def log_in(self, user, password, schema, seconds):
        greeting = (await self.answer(seconds))[0]
        if greeting[0] == 0xFF:
            raise ServerError(greeting)
        self.expect()
        self.transport.write(packet(1, login(greeting, user, password, schema)))
        reply = (await self.answer(seconds))[0]
        if reply[0] == 0xFE:    # AuthSwitchRequest
            plugin, _, scramble = reply[1:].partition(b"\0")
            if plugin not in PLUGINS:
                raise ConnectionError(f"asked for {plugin.decode()}")
            self.expect()
            self.transport.write(packet((self.sequence + 1) % 256, PLUGINS[plugin](password, scramble[:20])))
            reply = (await self.answer(seconds))[0]
        if reply[0] != 0:
            raise ServerError(reply)
        self.phase_login = False

    def close(self):
        """COM_QUIT."""
        if not self.closed:
            self.transport.write(packet(0, b"\x01"))
            self.transport.close()


async def connect(port, user, password, schema="", source=None, seconds=60):
    """A logged-in client. Source is an address of 127.0.0.0/8."""
    loop = asyncio.get_running_loop()

    def made():
        client = Client()
        client.expect()
        return client
    _, client = await asyncio.wait_for(loop.create_connection(made, "127.0.0.1", port, local_addr=(source, 0) if source else None), seconds)
    try:
        await client.log_in(user, password, schema, seconds)
    except BaseException:
        client.transport.abort()
        raise
    return client


async def connect_many(count, port, user, password, schema="", at_once=200):
    """That many logged-in clients, from addresses 127.0.1.x so that no port range runs out."""
    gate = asyncio.Semaphore(at_once)

    async def one(number):
        async with gate:
            return await connect(port, user, password, schema, f"127.0.1.{1 + number % 200}")
    return await asyncio.gather(*(one(number) for number in range(count)))

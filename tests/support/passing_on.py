"""A program that passes each connection on to a server, as Docker's proxy does."""

from __future__ import annotations

_PROGRAM = """\
import asyncio
async def pipe(reader, writer):
    while data := await reader.read(4096):
        writer.write(data)
    writer.close()
async def pass_on(reader, writer):
    there = await asyncio.open_connection('{there}', {there_port})
    await asyncio.gather(pipe(reader, there[1]), pipe(there[0], writer))
async def main():
    await (await asyncio.start_server(pass_on, '{here}', {here_port})).serve_forever()
asyncio.run(main())
"""


def passing_on(here: tuple[str, int], there: tuple[str, int]) -> str:
    """Return the program in Python, without double quotes, from one address and port to another."""
    return _PROGRAM.format(here=here[0], here_port=here[1], there=there[0], there_port=there[1])

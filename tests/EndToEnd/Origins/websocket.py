"""A WebSocket origin on Debian's python3-websockets: echoes messages, negotiates a subprotocol. usage: websocket.py PORT"""
import asyncio
import sys

import websockets


async def echo(socket, *_):
    async for message in socket:
        if message == "close please":
            await socket.close(4001, "as you wish")
            return
        await socket.send(message)


async def main():
    port = int(sys.argv[1])
    async with websockets.serve(echo, "127.0.0.1", port, max_size=None, subprotocols=["chat", "echo"]):
        await asyncio.get_running_loop().create_future()


asyncio.run(main())

"""Calls a service in several ways, and tells the status or the error."""

import asyncio
import http.client
import json
import socket
import urllib.error
import urllib.request

import requests

HOST = "service.example.org"


def by_urllib():
    with urllib.request.urlopen(f"https://{HOST}/a", timeout=1) as answer:
        return answer.status


def by_http_client():
    connection = http.client.HTTPSConnection(HOST, timeout=1)
    connection.request("GET", "/a")
    return connection.getresponse().status


def by_requests():
    return requests.get(f"https://{HOST}/a", timeout=1).status_code


def by_port():
    with socket.create_connection(("127.0.0.1", 9), timeout=1) as plain:
        plain.sendall(b"GET /a HTTP/1.1\r\n\r\n")
        return int(plain.recv(100)[9:12])


def by_asyncio():
    async def asked():
        reader, writer = await asyncio.open_connection(HOST, 80)
        writer.write(b"GET /a HTTP/1.1\r\n\r\n")
        line = await asyncio.wait_for(reader.readline(), 1)
        writer.close()
        return int(line[9:12])

    return asyncio.run(asked())


WAYS = {way.__name__: way for way in (by_urllib, by_http_client, by_requests, by_port, by_asyncio)}


def told(way):
    try:
        return WAYS[way]()
    except urllib.error.HTTPError as error:
        return error.code
    except (TimeoutError, OSError) as error:
        return "timeout" if "imed out" in repr(error) or "Timeout" in repr(error) else "refused"


def app(environ, start_response):
    way = environ["PATH_INFO"].strip("/")
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(told(way) if way in WAYS else None).encode()]

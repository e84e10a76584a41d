"""What programs in Python do, by the library that is named. It reads what it needs, and prints a line for each thing done."""

import gzip
import hashlib
import json
import sys

library = sys.argv[1]
given = json.load(sys.stdin)
url = given["url"]
bearer = {"authorization": f"Bearer {given['token']}"}
sealed = gzip.compress(json.dumps({"a": "ü" * 1000}).encode(), mtime=0)
large = bytes(1_500_000)


def say(what, answer):
    print(json.dumps({what: [answer.status_code, answer.json()]}))


def pieces():
    yield b"first, "
    yield "zweitens ü".encode()


def use(client, post_bytes, stream):
    """What both libraries have in common. post_bytes: (path, headers, bytes or pieces) -> answer."""
    say("nobody", client.get(f"{url}/echo/a", headers={"authorization": ""}))
    say("query", client.get(f"{url}/echo/a b/ü", params={"q": "a+b&ü", "empty": ""}, headers=bearer))
    say("chunks", post_bytes("/echo/chunks", bearer, pieces()))
    print(json.dumps({"sealed": hashlib.sha256(sealed).hexdigest()}))
    say("gzip", post_bytes("/echo/gzip", {**bearer, "content-encoding": "gzip"}, sealed))
    say("file", client.post(f"{url}/echo/form", headers=bearer, data={"name": "Ä"},
                            files={"file": ("Grüße €.bin", b"\x00\xff\r\n")}))
    say("large", post_bytes("/echo/large", bearer, large))
    hashed = {**bearer, "x-amz-content-sha256": hashlib.sha256(large).hexdigest()}
    say("large, with its hash", post_bytes("/echo/large", hashed, large))
    print(json.dumps({"events": [line for line in stream() if line.startswith("data: ")]}))


if library == "requests":
    import requests

    session = requests.Session()
    session.trust_env = False

    def lines():
        with session.get(f"{url}/echo/events", headers=bearer, stream=True) as answer:
            answer.encoding = "utf-8"
            yield from answer.iter_lines(decode_unicode=True)

    use(session, lambda path, headers, body: session.post(url + path, headers=headers, data=body), lines)

if library == "httpx":
    import httpx

    with httpx.Client(trust_env=False) as client:

        def lines():
            with client.stream("GET", f"{url}/echo/events", headers=bearer) as answer:
                yield from (line.rstrip("\n") for line in answer.iter_lines())

        use(client, lambda path, headers, body: client.post(url + path, headers=headers, content=body), lines)

if library == "botocore":
    import requests
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    # The name that AWS gives the function's address, which is at this machine's own.
    credentials = Credentials(given["accessKeyId"], given["secretAccessKey"], given["sessionToken"])
    session = requests.Session()
    session.trust_env = False
    for method, path, body in [
        ("GET", "/echo/a%20b/%C3%BC?z=1&a=%C3%BC&a=&plus=a%2Bb", None),
        ("POST", "/echo/a", "ü".encode() * 100),
        ("DELETE", "/echo/a~b/c*d", b"why"),
    ]:
        request = AWSRequest(method, given["functionUrl"] + path, data=body, headers={"x-note": "two  spaces"})
        SigV4Auth(credentials, "lambda", given["region"]).add_auth(request)
        headers = {**dict(request.headers.items()), "host": given["functionUrl"].split("//")[1]}
        say(method, session.request(method, url + path, headers=headers, data=body))
        altered = session.request(method, url + path + "x", headers=headers, data=body)
        print(json.dumps({f"{method} elsewhere": altered.status_code}))

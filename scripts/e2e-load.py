#!/usr/bin/env python3
"""e2e-load URL FILE: asks URL until FILE is there (ten minutes at most), and prints how many requests were sent and how many failed.

Half of the workers keep their connection, as proxies do, and half make one for each request. A request fails when it is not answered with 200. It is
never tried again, but one: on a kept connection that the server had closed before it read anything, which every client of HTTP has to expect
(RFC 9112, 9.3.1). Those are counted, too."""

import collections
import http.client
import pathlib
import sys
import threading
import time
import urllib.parse

url = urllib.parse.urlsplit(sys.argv[1])
stop = pathlib.Path(sys.argv[2])
end = time.monotonic() + 600
counts = collections.Counter()
failures = []
lock = threading.Lock()


def going_on():
    return not stop.exists() and time.monotonic() < end


def connect():
    return http.client.HTTPConnection(url.hostname, url.port, timeout=40)


def ask(connection):
    connection.request("GET", url.path or "/")
    answer = connection.getresponse()
    answer.read()
    return answer


def worker(keep):
    connection, used = connect(), False
    while going_on():
        kind = None
        try:
            try:
                answer = ask(connection)
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                if not used:
                    raise
                with lock:
                    counts["reopened"] += 1
                connection.close()
                connection = connect()
                answer = ask(connection)
            used = keep and not answer.will_close
            if answer.status != 200:
                kind = f"status {answer.status}"
        except (OSError, http.client.HTTPException) as error:
            kind = f"{type(error).__name__}: {error}"
            used = False
        with lock:
            counts["sent"] += 1
            if kind:
                counts["failed"] += 1
                failures.append(f"{time.strftime('%H:%M:%S')} {kind}")
        if not used:
            connection.close()
            connection = connect()
        time.sleep(0.02)


threads = [threading.Thread(target=worker, args=(number % 2 == 0,)) for number in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(f"requests sent: {counts['sent']}, failed: {counts['failed']}, kept connections that were reopened: {counts['reopened']}")
for line in failures[:20]:
    print(line)
sys.exit(1 if counts["failed"] or counts["sent"] < 20 else 0)

# SPDX-License-Identifier: Apache-2.0
# Copyright 2026 The Sampo Authors
"""http_server from the outside: its first line, its two routes, and its end with stdin.

A client that has sent half of a request must not hold the end up.
"""

import socket
import subprocess
import sys
import unittest

END_SECONDS_MAX = 5


def answer(port, target):
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        client.sendall(f"GET {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode())
        return client.makefile("rb").read().decode()


class HttpServerTest(unittest.TestCase):
    def test_serves_until_stdin_is_closed(self):
        with subprocess.Popen(
            [PROGRAM, "2"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as server:
            name, port = server.stdout.readline().split()
            self.assertEqual(name, "port")
            self.assertTrue(answer(int(port), "/hello").endswith("\r\n\r\nHello, World!"))
            json = answer(int(port), "/json/7")
            self.assertIn("Content-Type: application/json", json)
            self.assertTrue(json.endswith('{"id":7,"name":"airport","delay":12.5}'), json)
            with socket.create_connection(("127.0.0.1", int(port)), timeout=30) as half:
                half.sendall(b"GET /hello HT")
                server.stdin.close()
                self.assertEqual(server.wait(timeout=END_SECONDS_MAX), 0)

    def test_says_how_it_is_called(self):
        wrong = subprocess.run([PROGRAM], capture_output=True, text=True, check=False)
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("usage: http_server THREADS", wrong.stderr)


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()

"""The servers that are measured, each on a port of its own, with the same pages and the same headers."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BASE_URL = "https://help.library.example"

# What `handler/src/http/headers.rs` sets on each answer.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; connect-src 'self'; "
                               "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-cache",
}

CADDY = """{{
	admin off
	auto_https off
	log {{
		level ERROR
	}}
}}
http://127.0.0.1:{port} {{
	root * {site}
	header {{
{headers}
	}}
	{encode}
	file_server {precompressed}
}}
"""

NGINX = """daemon off;
pid {work}/nginx.pid;
error_log stderr error;
worker_processes auto;
events {{ worker_connections 1024; }}
http {{
	include /etc/nginx/mime.types;
	access_log off;
	sendfile on;
	tcp_nopush on;
	keepalive_requests 1000000;
	client_body_temp_path {work}/body;
	proxy_temp_path {work}/proxy;
	fastcgi_temp_path {work}/fastcgi;
	uwsgi_temp_path {work}/uwsgi;
	scgi_temp_path {work}/scgi;
	server {{
		listen 127.0.0.1:{port};
		root {site};
		gzip_vary on;
		{encode}
{headers}
	}}
}}
"""


class Server:
    """A server that runs until the block is left."""

    def __init__(self, name: str, codings: list[str], command: list, port: int) -> None:
        self.name, self.codings, self.command, self.port = name, codings, [str(part) for part in command], port

    def __enter__(self) -> "Server":
        environment = dict(os.environ) | {"BOOK_A_LIBRARIAN_LOG": "error"}
        self.process = subprocess.Popen(self.command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL if self.command[0] == "caddy" else None)
        for _ in range(600):
            with socket.socket() as attempt:
                if attempt.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        sys.exit(f"{self.name} didn't start: {' '.join(self.command)}")

    def __exit__(self, *_) -> None:
        self.process.terminate()
        self.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def ours(binary: Path, work: Path) -> Server:
    port = free_port()
    # As in service, not in development: the same bytes that `build` writes. No mail is sent here.
    command = [binary, "serve", "--listen", f"127.0.0.1:{port}", "--data", work / "data", "--base-url", BASE_URL,
               "--mail", "smtp://127.0.0.1:9"]
    return Server("ours", ["identity", "gzip", "br"], command, port)


def caddy(work: Path, live: bool) -> Server:
    port = free_port()
    headers = "\n".join(f'\t\t{name} "{value}"' for name, value in HEADERS.items())
    file = work / f"Caddyfile{'-live' if live else ''}"
    file.write_text(CADDY.format(
        port=port, site=work / "dist/site", headers=headers, encode="encode gzip" if live else "",
        precompressed="" if live else "{\n\t\tprecompressed br gzip\n\t}"))
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", file]
    if live:
        return Server("Caddy, packing live", ["gzip"], command, port)
    return Server("Caddy", ["identity", "gzip", "br"], command, port)


def nginx(work: Path, live: bool) -> Server:
    port = free_port()
    headers = "\n".join(f'\t\tadd_header {name} "{value}" always;' for name, value in HEADERS.items())
    encode = "gzip on; gzip_comp_level 6; gzip_proxied any;" if live else "gzip_static on;"
    file = work / f"nginx{'-live' if live else ''}.conf"
    file.write_text(NGINX.format(port=port, site=work / "dist/site", headers=headers, encode=encode, work=work))
    command = ["nginx", "-c", file]
    # Debian's has no brotli.
    if live:
        return Server("nginx, packing live", ["gzip"], command, port)
    return Server("nginx", ["identity", "gzip"], command, port)

"""A mail server on a free port of this machine that takes everything and remembers what it took."""

import email
import socketserver
import threading


class Conversation(socketserver.StreamRequestHandler):
    timeout = 60

    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self):
        recipient = None
        try:
            self.say("220 attack.example ESMTP")
            while line := self.rfile.readline():
                command = line.decode("ascii", "replace").strip()
                verb = command.upper().split(" ")[0]
                if verb in ("EHLO", "HELO"):
                    self.say("250 attack.example")
                elif command.upper().startswith("RCPT TO:"):
                    recipient = command[8:].strip().strip("<>").split(">")[0]
                    self.say("250 2.1.5 fine")
                elif verb == "DATA":
                    self.say("354 go on")
                    text = self.data()
                    if text is None:
                        return
                    # What is taken is remembered before it is answered for: a client that is killed in
                    # between sends it again.
                    self.server.take(recipient, text)
                    self.say("250 2.0.0 taken")
                elif verb == "QUIT":
                    self.say("221 2.0.0 bye")
                    return
                else:
                    self.say("250 2.0.0 fine")
        except OSError:
            pass  # The other side was killed.

    def data(self):
        lines = []
        while line := self.rfile.readline():
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b"..") else line)
        return None


class MailServer(socketserver.ThreadingTCPServer):
    """Every mail as (Notice-Id, recipient), as often as it came."""

    allow_reuse_address = daemon_threads = True
    request_queue_size = 128

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.url = f"smtp://127.0.0.1:{self.server_address[1]}"
        self.taken, self.lock = [], threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def take(self, recipient, text):
        notice = email.message_from_bytes(text)["Notice-Id"].strip()
        with self.lock:
            self.taken.append((notice, recipient))

    def mails(self):
        with self.lock:
            return list(self.taken)

    def stop(self):
        self.shutdown()
        self.server_close()

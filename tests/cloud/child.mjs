// Processes that end with us: also when we are killed and can end nothing any more.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Where a program is: a path, or a name looked up in these folders and on PATH. */
export function findProgram(name, folders = []) {
  if (name.includes('/')) return path.resolve(name);
  for (const folder of [...folders, ...(process.env.PATH ?? '').split(':')]) {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

const setpriv = findProgram('setpriv');

/** Starts a program that the kernel kills when this process dies (where `setpriv` is there to ask it). */
export function spawnTied(command, args, options) {
  return setpriv
    ? spawn(setpriv, ['--pdeathsig', 'KILL', '--', command, ...args], options)
    : spawn(command, args, options);
}

/** Ends a process and waits until it is gone. */
export async function end(child, signal = 'SIGKILL') {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

/** Closes a server at once, open connections included. */
export async function closeServer(server) {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

/** Listens on a port of this machine, 0 for a free one; the port. */
export async function listen(server, port = 0) {
  const listening = once(server, 'listening');
  server.listen(port, '127.0.0.1');
  await listening;
  return server.address().port;
}

/** The whole body of a request or an answer. */
export async function readBody(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

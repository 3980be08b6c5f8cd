// Starts the system's command as a test does, and talks to its control address.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

/**
 * `{ base, control, get, post, stop }`. `args` are those of system.mjs; `stop` ends it by closing its
 * standard input and waits until it and its children are gone.
 */
export async function startSystem(args) {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'system.mjs'), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(([code]) => Promise.reject(new Error(`the system ended (${code}) before it was ready`))),
  ]);
  const { base, control } = JSON.parse(line);
  const ask = async (method, route, body) => {
    const answer = await fetch(`${control}${route}`, { method, body: body && JSON.stringify(body) });
    const result = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${route}: ${result.error}`);
    return result;
  };
  return {
    base,
    control,
    child,
    get: (route) => ask('GET', route),
    post: (route, body) => ask('POST', route, body),
    stop: async () => {
      child.stdin.end();
      const [code] = await ended;
      return code;
    },
  };
}

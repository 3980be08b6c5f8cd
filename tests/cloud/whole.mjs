// The whole system with the project's own binaries and site, for tests.
import { execFile } from 'node:child_process';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startSystem } from './support.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.resolve(process.env.BOOK_A_LIBRARIAN_BIN ?? path.join(root, 'target/debug'));

/** Paths of the programs. */
export const programs = Object.fromEntries(['desk', 'deliver', 'sweep', 'book-a-librarian'].map((name) => [name, path.join(folder, name)]));

const how = 'cargo build && cargo build -p handler --features aws --bins';

/** Builds the site into a folder of its own: `{ dist, remove }`. `BOOK_A_LIBRARIAN_DIST` names one that is there. */
export async function buildSite() {
  if (process.env.BOOK_A_LIBRARIAN_DIST) return { dist: process.env.BOOK_A_LIBRARIAN_DIST, remove: () => {} };
  const dist = await mkdtemp(path.join(tmpdir(), 'book-a-librarian-site-'));
  const remove = () => rm(dist, { recursive: true, force: true });
  try {
    await promisify(execFile)(programs['book-a-librarian'], ['build', '--out', dist, '--base-url', 'http://127.0.0.1'], { cwd: root });
  } catch (error) {
    await remove();
    throw error;
  }
  return { dist, remove };
}

/** As `startSystem`, with the real programs and site. `more` are further arguments. */
export async function startWhole(more = []) {
  for (const program of Object.values(programs)) {
    await access(program).catch(() => {
      throw new Error(`${program} is missing: ${how}, or name their folder in BOOK_A_LIBRARIAN_BIN`);
    });
  }
  const { dist, remove } = await buildSite();
  try {
    const { desk, deliver, sweep } = programs;
    const system = await startSystem(['--desk', desk, '--deliver', deliver, '--sweep', sweep, '--site', dist, ...more]);
    return {
      ...system,
      dist,
      stop: async () => {
        const code = await system.stop();
        await remove();
        return code;
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Lines that a function wrote. */
export async function linesOf(system, name) {
  return (await system.get(`/logs?function=${name}`)).map(({ text }) => text);
}

/** The sum of a metric in a function's log. */
export async function metric(system, name, key) {
  const values = (await linesOf(system, name)).map((line) => {
    try {
      return JSON.parse(line)[key] ?? 0;
    } catch {
      return 0;
    }
  });
  return values.reduce((sum, value) => sum + value, 0);
}

/** The item of a case. */
export async function itemOf(system, id) {
  return (await system.get('/scan?table=cases')).find((item) => item.id.S === id);
}

/** Cases that hold a request: no tombstones, counts or canaries. */
export async function requestsIn(system) {
  return (await system.get('/scan?table=cases')).filter((item) => item.sealed && !item.kind.S.includes('anary'));
}

/**
 * The leases and waits of these cases are over: instead of waiting minutes of real time, what says how
 * long is moved into the past.
 */
export async function letTimePass(system, client, ids) {
  const { tables } = await system.get('/where');
  for (const id of ids) {
    const item = await itemOf(system, id);
    const notices = Object.keys(item.outbox.M);
    if (notices.length === 0) continue;
    await client.dynamodb('UpdateItem', {
      TableName: tables.cases,
      Key: { id: { S: id } },
      UpdateExpression: `SET awake_at = :past, ${notices.map((_, at) => `outbox.#n${at}.ready = :past`).join(', ')} ADD revision :one`,
      ExpressionAttributeNames: Object.fromEntries(notices.map((notice, at) => [`#n${at}`, notice])),
      ExpressionAttributeValues: { ':past': { N: '0' }, ':one': { N: '1' } },
    });
  }
}

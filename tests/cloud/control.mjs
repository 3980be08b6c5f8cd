// The address at which tests steer the running system and look into it.
import { createServer } from 'node:http';
import { scanAll } from './aws.mjs';
import { closeServer, listen, readBody } from './child.mjs';
import { sesEvent } from './schedule.mjs';

/** What went wrong in the request, not in here. */
class Refused extends Error {}

function functionOf(cloud, query) {
  const made = cloud.functions[query.get('function')];
  if (!made) throw new Refused(`no function ${query.get('function')}; there are ${Object.keys(cloud.functions).join(', ')}`);
  return made;
}

/** Each takes `(cloud, query, body)`; what it answers is sent as JSON. */
const routes = {
  'GET /mails': (cloud) => cloud.proxy.mails,
  'POST /sweep': (cloud, query, body) => cloud.schedules.runOnce(body?.kind ?? query.get('kind') ?? 'minute', body),
  'POST /schedule': (cloud, query) => {
    cloud.schedules.every(Number(query.get('every')), query.get('kind') ?? 'minute');
    return {};
  },
  'POST /drain': async (cloud) => ({ delivered: await cloud.mapping.drain() }),
  'POST /invoke': (cloud, query, body) => functionOf(cloud, query).invoke(body),
  'POST /kill': async (cloud, query) => {
    const made = functionOf(cloud, query);
    if (query.get('which') === 'busy') return { killed: made.killRandom() === undefined ? 0 : 1 };
    return { killed: await made.killAll() };
  },
  'POST /faults': (cloud, query, body) => {
    try {
      cloud.proxy.faults.set(body ?? [], Number(query.get('seed') ?? 1));
    } catch (error) {
      throw new Refused(error.message);
    }
    return {};
  },
  'GET /faults': (cloud) => cloud.proxy.faults.rules,
  'POST /stream': (cloud, query, body) => {
    for (const key of ['repeat', 'disorder', 'paused']) if (body[key] !== undefined) cloud.mapping[key] = body[key];
    return {};
  },
  'POST /warm': async (cloud, query) => {
    await functionOf(cloud, query).warm(Number(query.get('count') ?? 1));
    return {};
  },
  'POST /timeouts': (cloud, query, body) => {
    for (const [name, milliseconds] of Object.entries(body)) {
      if (name === 'api') cloud.api.limits.timeoutMs = milliseconds;
      else functionOf(cloud, new URLSearchParams({ function: name })).setTimeout(milliseconds);
    }
    return {};
  },
  'POST /event': (cloud, query, body) => cloud.schedules.publish(body),
  'POST /ses-event': (cloud, query, more) => {
    const mail = cloud.proxy.mails.find(({ notice, messageId }) => [notice, messageId].includes(query.get('mail')));
    if (!mail) throw new Refused(`no mail ${query.get('mail')}`);
    return cloud.schedules.publish(sesEvent(mail, query.get('type') ?? 'Bounce', { more }));
  },
  'GET /counts': (cloud) => Object.fromEntries(Object.entries(cloud.functions).map(([name, made]) => [
    name,
    { ...made.counters, initMs: made.initMs, instances: made.instances.size, busy: made.busy, ...cloud.proxy.ledger.of(name) },
  ])),
  'GET /trace': (cloud, query) => cloud.proxy.trace.slice(Number(query.get('from') ?? 0)),
  'GET /iam': (cloud) => cloud.iam(),
  'GET /failures': (cloud) => ({ batches: cloud.mapping.failures, counters: cloud.mapping.counters, api: cloud.api.counters }),
  'GET /logs': (cloud, query) => functionOf(cloud, query).lines,
  'GET /secrets': (cloud) => ({ secrets: cloud.secrets, originSecret: cloud.originSecret }),
  'GET /where': ({ base, api, proxy, emulator, tables, parameters, skipped }) =>
    ({ base, api: api.url, proxy: proxy.url, emulator, tables, parameters, skipped }),
  'GET /scan': (cloud, query) => {
    const table = cloud.tables[query.get('table')];
    if (!table) throw new Refused(`no table ${query.get('table')}; there are ${Object.keys(cloud.tables).join(', ')}`);
    return scanAll(cloud.client, table);
  },
};

/** Starts it on a free port: `{ url, close }`. */
export async function startControl(cloud) {
  async function handle(request, response) {
    const url = new URL(request.url, 'http://control');
    const route = routes[`${request.method} ${url.pathname}`];
    const text = String(await readBody(request));
    let status = 200;
    let result;
    try {
      if (!route) throw new Refused(`no such thing; there are ${Object.keys(routes).join(', ')}`);
      result = await route(cloud, url.searchParams, text ? JSON.parse(text) : undefined);
    } catch (error) {
      status = error instanceof Refused || error instanceof SyntaxError ? 400 : 500;
      result = { error: error.message };
    }
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(result ?? null));
  }
  // A connection that is closed from here just as a test writes on it would look like the system's fault.
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, close: () => closeServer(server) };
}

// An API Gateway HTTP API before one function: payload format 2.0, stage $default. It does what the
// real one does, also where that is a surprise, so that tests find it.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { closeServer, listen, readBody } from './child.mjs';

/** The event of an invocation, base64 included. */
export const EVENT_BYTES_MAX = 6 * 1024 * 1024;
const INTEGRATION_MS = 30_000;

/** What the patron's browser gets when the function gave nothing. */
export const faults = {
  noRoute: [404, { message: 'Not Found' }],
  tooLarge: [413, { message: 'Request Entity Too Large' }],
  broken: [502, { message: 'Internal Server Error' }],
  timeout: [504, { message: 'Service Unavailable' }],
};

const textTypes = /^(text\/|application\/(json|javascript|xml)\b|application\/[\w.-]+\+(json|xml)\b)/i;

/** Which of the routes (`ANY /desk/{proxy+}`) takes a request: `{ routeKey, pathParameters }`. */
export function matchRoute(routes, method, path) {
  const found = [];
  for (const routeKey of routes) {
    if (routeKey === '$default') {
      found.push({ routeKey, rank: 0 });
      continue;
    }
    const [verb, template] = routeKey.split(' ');
    if (verb !== 'ANY' && verb !== method) continue;
    const pattern = template
      .split('/')
      .map((part) => part
        .replace(/[.*?^$()|[\]\\]/g, '\\$&')
        .replace(/^\{(\w+)\+\}$/, '(?<$1>.+)')
        .replace(/^\{(\w+)\}$/, '(?<$1>[^/]+)'))
      .join('/');
    const match = new RegExp(`^${pattern}$`, 's').exec(path);
    // The most exact route wins: greedy ones last, then the longest, then the one with a method.
    const rank = (template.includes('+}') ? 1 : 1000) + template.length + (verb === 'ANY' ? 0 : 0.5);
    if (match) found.push({ routeKey, pathParameters: match.groups && { ...match.groups }, rank });
  }
  return found.sort((a, b) => b.rank - a.rank)[0];
}

/** HTTP API hands the path over decoded, and cuts it at a question mark that was encoded. */
export function decodedPath(path) {
  try {
    return decodeURIComponent(path).split('?')[0];
  } catch {
    return path;
  }
}

/** The event for a request; undefined if no route takes it. */
export function toEvent({ method, url, headers, rawHeaders, body, sourceIp, now = new Date() }, { routes, domainName }) {
  const mark = url.indexOf('?');
  const rawPath = decodedPath(mark < 0 ? url : url.slice(0, mark));
  const rawQueryString = mark < 0 ? '' : url.slice(mark + 1);
  const route = matchRoute(routes, method, rawPath);
  if (!route) return undefined;
  const joined = {};
  const cookies = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at].toLowerCase();
    const value = rawHeaders[at + 1];
    if (name === 'cookie') cookies.push(...value.split(/;\s*/).filter(Boolean));
    else if (!['connection', 'keep-alive', 'transfer-encoding', 'te', 'upgrade', 'expect'].includes(name)) {
      joined[name] = name in joined ? `${joined[name]},${value}` : value;
    }
  }
  joined.host = domainName;
  joined['content-length'] = String(body.length);
  joined['x-forwarded-for'] = joined['x-forwarded-for'] ? `${joined['x-forwarded-for']}, ${sourceIp}` : sourceIp;
  joined['x-forwarded-port'] = '443';
  joined['x-forwarded-proto'] = 'https';
  joined['x-amzn-trace-id'] = 'Root=1-00000000-000000000000000000000000';
  const query = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    query[name] = name in query ? `${query[name]},${value}` : value;
  }
  const plain = textTypes.test(headers['content-type'] ?? '') && !headers['content-encoding'];
  const day = now.toUTCString().match(/(\d+) (\w+) (\d+) ([\d:]+)/);
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath,
    rawQueryString,
    ...(cookies.length > 0 && { cookies }),
    headers: joined,
    ...(rawQueryString && { queryStringParameters: query }),
    requestContext: {
      accountId: '000000000000',
      apiId: domainName.split('.')[0],
      domainName,
      domainPrefix: domainName.split('.')[0],
      http: {
        method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: route.routeKey,
      stage: '$default',
      time: `${day[1]}/${day[2]}/${day[3]}:${day[4]} +0000`,
      timeEpoch: now.getTime(),
    },
    ...(route.pathParameters && { pathParameters: route.pathParameters }),
    ...(body.length > 0 && { body: body.toString(plain ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !plain,
  };
}

/**
 * The function's answer as `{ status, headers, body }`. Format 2.0 knows no `multiValueHeaders`:
 * what stands there alone is lost in the real one, so here too. A value without a status is JSON, 200.
 */
export function fromPayload(payload) {
  if (payload === null || typeof payload !== 'object' || payload.statusCode === undefined) {
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
    };
  }
  const status = Number(payload.statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599) return undefined;
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  for (const [name, value] of Object.entries(payload.headers ?? {})) {
    const lower = name.toLowerCase();
    if (!['content-length', 'transfer-encoding', 'connection'].includes(lower)) headers[lower] = String(value);
  }
  if (payload.cookies?.length > 0) headers['set-cookie'] = payload.cookies;
  return { status, headers, body: Buffer.from(payload.body ?? '', payload.isBase64Encoded ? 'base64' : 'utf8') };
}

/** Starts it. `invoke(event)` is a function's; `url` has no slash at its end. */
export async function startApiGateway({
  invoke,
  routes = ['ANY /desk/{proxy+}'],
  port = 0,
  timeoutMs = INTEGRATION_MS,
  domainName = 'desk123456.execute-api.us-west-2.amazonaws.com',
}) {
  const running = new Set();
  const limits = { timeoutMs };
  const counters = { timeouts: 0, broken: 0 };
  async function handle(request, response) {
    const body = await readBody(request);
    const event = toEvent({
      method: request.method,
      url: request.url,
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      body,
      sourceIp: request.socket.remoteAddress,
    }, { routes, domainName });
    if (!event) return fail(response, faults.noRoute);
    if (Buffer.byteLength(JSON.stringify(event)) > EVENT_BYTES_MAX) return fail(response, faults.tooLarge);
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, limits.timeoutMs, 'late');
    });
    const result = await Promise.race([invoke(event), late]);
    clearTimeout(timer);
    if (result === 'late') {
      counters.timeouts += 1;
      return fail(response, faults.timeout);
    }
    const answer = result.error ? undefined : fromPayload(result.payload);
    if (!answer) {
      counters.broken += 1;
      return fail(response, faults.broken);
    }
    response.writeHead(answer.status, {
      ...answer.headers,
      'content-length': answer.body.length,
      'apigw-requestid': event.requestContext.requestId,
    });
    return response.end(request.method === 'HEAD' ? undefined : answer.body);
  }
  const server = createServer((request, response) => {
    const work = handle(request, response).catch(() => response.destroy());
    running.add(work);
    work.finally(() => running.delete(work));
  });
  const listening = await listen(server, port);
  return {
    url: `http://127.0.0.1:${listening}`,
    limits,
    counters,
    /** Requests under way. */
    get busy() {
      return running.size;
    },
    close: () => closeServer(server),
  };
}

function fail(response, [status, body]) {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

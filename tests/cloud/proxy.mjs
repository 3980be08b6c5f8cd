// Stands between the functions and the emulator: counts who calls what, keeps the mails, makes faults.
import { Agent, createServer, request as httpRequest } from 'node:http';
import { Ledger, placesOf, readCall } from './calls.mjs';
import { closeServer, listen, readBody } from './child.mjs';
import { faultAnswer, Faults, halved, refusal } from './faults.mjs';
import { complaint, readMail } from './mails.mjs';

/** The last calls that are remembered one by one. */
const TRACE_MAX = 200_000;

/**
 * `upstream` is the emulator; `dynamodb` may be another one for tables. `kill(function, instance)`
 * ends an instance. `roles`: `{ cases: 'the table in the emulator' }`, for rules that say `cases`.
 * With `measure` DynamoDB is asked for the capacity that each call used. `permits(function, action,
 * resource)` says what IAM would; `invocation(function, instance)` which event an instance is at.
 */
export async function startProxy({
  upstream, dynamodb = upstream, kill = () => {}, permits = () => true, invocation = () => undefined, roles, measure = false, seed, configurationSets = [],
  port = 0,
}) {
  const agent = new Agent({ keepAlive: true });
  const faults = new Faults({ seed, roles });
  const proxy = { faults, mails: [], trace: [], denied: new Set(), ledger: new Ledger(), measure, sets: new Set(configurationSets) };

  async function handle(request, response) {
    const body = await readBody(request);
    const call = readCall({ method: request.method, url: request.url, headers: request.headers, body: body.toString() });
    call.invocation = invocation(call.function, call.instance);
    proxy.ledger.count(call);
    const traced = { at: Date.now(), function: call.function, action: call.action, ...placesOf(call), requestBytes: body.length };
    proxy.trace.push(traced);
    if (proxy.trace.length > TRACE_MAX) proxy.trace.shift();
    const missing = call.rights.find(([action, resource]) => !permits(call.function, action, resource));
    if (missing) {
      const message = `${call.function} is not authorized to perform: ${missing[0]} on resource: ${missing[1]}`;
      proxy.denied.add(message);
      return reply(response, refusal(call, call.service === 'ses' ? 403 : 400, 'AccessDeniedException', message));
    }
    const struck = faults.strike(call);
    for (const { kind } of struck) proxy.ledger.injected(call, kind);
    const with_ = (kind, test = () => true) => struck.find((rule) => rule.kind === kind && test(rule));

    const wait = async (rule) => rule && new Promise((resolve) => setTimeout(resolve, rule.delayMs ?? 1000));
    await wait(with_('slow', (rule) => rule.when !== 'after'));
    if (with_('kill', (rule) => rule.when !== 'after')) {
      kill(call.function, call.instance);
      return response.destroy();
    }
    if (with_('refuse')) return response.destroy();
    for (const { kind } of struck) {
      const fault = faultAnswer(kind, call);
      if (fault) return reply(response, fault);
    }
    const refused = call.action === 'ses:SendEmail' && complaint(call.body, proxy.sets);
    if (refused) return reply(response, refusal(call, refused.status, refused.name, refused.message));

    const half = with_('partial') && halved(call.body);
    const answer = await forward(request, call, body, half);
    proxy.ledger.measure(call, body.length, answer.body.length, answer.consumed);
    Object.assign(traced, { status: answer.status, responseBytes: answer.body.length, consumed: answer.consumed });
    if (call.action === 'ses:SendEmail' && answer.status === 200) {
      const { MessageId } = JSON.parse(answer.body);
      proxy.mails.push(readMail({ body: call.body, messageId: MessageId, by: call.function }));
    }
    if (with_('kill')) {
      kill(call.function, call.instance);
      return response.destroy();
    }
    await wait(with_('slow', (rule) => rule.when === 'after'));
    if (with_('drop')) return response.destroy();
    return reply(response, answer);
  }

  /** Passes a call on unchanged, unless capacity is measured or a batch is done by half. */
  async function forward(request, call, body, half) {
    let sent = body;
    const measured = proxy.measure && call.service === 'dynamodb' && !call.stream && call.body.ReturnConsumedCapacity === undefined;
    if (measured || half) {
      const changed = { ...call.body, ...(half && { RequestItems: half.done }), ...(measured && { ReturnConsumedCapacity: 'INDEXES' }) };
      sent = Buffer.from(JSON.stringify(changed));
    }
    // A batch of one by half is nothing; DynamoDB takes no empty batch.
    const answer = half && Object.keys(half.done).length === 0
      ? { status: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: Buffer.from('{"Responses":{}}') }
      : await pass(request, call, sent);
    if (answer.status === 200 && half) {
      const json = JSON.parse(answer.body);
      json[call.action.endsWith('BatchGetItem') ? 'UnprocessedKeys' : 'UnprocessedItems'] = half.rest;
      answer.body = Buffer.from(JSON.stringify(json));
      // The checksum was that of the other body.
      delete answer.headers['x-amz-crc32'];
    }
    if (measured && answer.status === 200) answer.consumed = JSON.parse(answer.body).ConsumedCapacity;
    return answer;
  }

  async function pass(request, call, body) {
    const { hostname, port: upstreamPort } = new URL(call.service === 'dynamodb' ? dynamodb : upstream);
    const headers = { ...request.headers, host: `${hostname}:${upstreamPort}`, 'content-length': body.length };
    delete headers['transfer-encoding'];
    delete headers.connection;
    const answer = await new Promise((resolve, reject) => {
      const options = { agent, hostname, port: upstreamPort, path: request.url, method: request.method, headers };
      const sent = httpRequest(options, resolve);
      sent.once('error', reject);
      sent.end(body);
    });
    return { status: answer.statusCode, headers: { ...answer.headers }, body: await readBody(answer) };
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  const listening = await listen(server, port);
  return Object.assign(proxy, {
    url: `http://127.0.0.1:${listening}`,
    close: async () => {
      await closeServer(server);
      agent.destroy();
    },
  });
}

function reply(response, { status, headers, body }) {
  const kept = { ...headers, 'content-length': Buffer.byteLength(body) };
  delete kept['transfer-encoding'];
  delete kept.connection;
  response.writeHead(status, kept);
  response.end(body);
}

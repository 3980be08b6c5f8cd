// One execution environment: a process and a Runtime API (2018-06-01) of its own. A killed runtime
// leaves its long poll open; since nobody shares the port, it can't eat another's event.
import { createServer } from 'node:http';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { closeServer, listen, readBody, spawnTied } from './child.mjs';

const root = '/2018-06-01/runtime';
/** Lambda takes no larger answer of a synchronous invocation. */
export const ANSWER_BYTES_MAX = 6 * 1024 * 1024;
/** Lambda gives a runtime this long before its first `next`. */
const INIT_MS = 10_000;

const failure = (kind, errorType, errorMessage) => ({ error: { kind, errorType, errorMessage } });

/**
 * States: `starting` → `idle` ⇄ `busy` → `dead`. `owner` is told by `ready(instance)` (it asked for
 * an event), `settled(invocation, result)`, `gone(instance, failure)` and `line(instance, text)`.
 */
export class Instance {
  constructor({ name, number, binary, args = [], environment, timeoutMs, owner }) {
    Object.assign(this, { name, number, binary, args, environment, timeoutMs, owner });
    this.state = 'starting';
    this.invocation = undefined;
    this.poll = undefined;
    this.initError = undefined;
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve;
    });
    this.polled = new Promise((resolve) => {
      this.resolvePolled = resolve;
    });
  }

  async start() {
    this.server = createServer((request, response) => this.serve(request, response).catch(() => response.destroy()));
    const port = await listen(this.server);
    if (this.state === 'dead') return this.finish(failure('closed', 'Sandbox.Closed', 'closed'));
    const folder = path.dirname(path.resolve(this.binary));
    this.startedAt = performance.now();
    this.child = spawnTied(path.resolve(this.binary), this.args, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        LANG: 'en_US.UTF-8',
        TZ: ':UTC',
        LAMBDA_TASK_ROOT: folder,
        _HANDLER: 'bootstrap',
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
        AWS_LAMBDA_FUNCTION_NAME: this.name,
        AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
        AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
        AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${this.name}`,
        AWS_LAMBDA_LOG_STREAM_NAME: `[$LATEST]${this.number}`,
        ...this.environment,
      },
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      createInterface({ input: stream }).on('line', (text) => this.owner.line(this, text));
    }
    this.timer = setTimeout(() => {
      this.verdict = failure('init', 'Sandbox.Timedout', `no first poll within ${INIT_MS} ms`);
      this.kill();
    }, INIT_MS);
    this.child.once('error', (error) => this.finish(failure('init', 'Runtime.InvalidEntrypoint', error.message)));
    // `close` comes after the last line that it wrote.
    this.child.once('close', (code, signal) => {
      const how = signal ? `signal: ${signal}` : `exit status ${code}`;
      const kind = this.initiated ? 'crash' : 'init';
      this.finish(
        this.verdict ?? this.initError ?? failure(kind, 'Runtime.ExitError', `runtime exited: ${how}`),
      );
    });
  }

  async serve(request, response) {
    const route = `${request.method} ${request.url}`;
    if (route === `GET ${root}/invocation/next`) return this.next(request, response);
    const body = await readBody(request);
    if (route === `POST ${root}/init/error`) {
      const report = readReport(body);
      this.initError = failure('init', report.errorType ?? 'Runtime.InitError', report.errorMessage ?? '');
      answer(response, 202, { status: 'OK' });
      return undefined;
    }
    const [, id, verb] = request.url.match(/\/invocation\/([^/]+)\/(response|error)$/) ?? [];
    if (request.method !== 'POST' || !request.url.startsWith(root) || !id) return answer(response, 404, {});
    if (this.invocation?.id !== id) {
      return answer(response, 400, { errorType: 'InvalidRequestID', errorMessage: 'no such invocation is running' });
    }
    if (verb === 'error' || request.headers['lambda-runtime-function-error-type']) {
      const report = readReport(body);
      const type = request.headers['lambda-runtime-function-error-type'] ?? report.errorType ?? 'Unhandled';
      this.settle(failure('function', type, report.errorMessage ?? ''));
      return answer(response, 202, { status: 'OK' });
    }
    if (body.length > ANSWER_BYTES_MAX) {
      this.settle(failure('function', 'Function.ResponseSizeTooLarge', `${body.length} bytes`));
      return answer(response, 413, { errorType: 'RequestEntityTooLarge', errorMessage: 'over 6 MB' });
    }
    this.settle(readPayload(body));
    return answer(response, 202, { status: 'OK' });
  }

  next(request, response) {
    if (this.state === 'dead') return response.destroy();
    if (this.invocation) {
      this.settle(failure('function', 'Runtime.NoAnswer', 'asked for the next event without answering this one'));
    }
    clearTimeout(this.timer);
    if (!this.initiated) {
      this.initiated = true;
      this.initMs = performance.now() - this.startedAt;
    }
    this.state = 'idle';
    this.poll = response;
    this.resolvePolled();
    response.once('close', () => {
      if (this.poll === response) this.poll = undefined;
    });
    return this.owner.ready(this);
  }

  /** Gives it an event; false if it went away meanwhile. */
  take(invocation) {
    if (this.state !== 'idle' || !this.poll || this.poll.destroyed) return false;
    this.state = 'busy';
    this.invocation = invocation;
    this.timer = setTimeout(() => {
      const seconds = (this.timeoutMs / 1000).toFixed(2);
      this.verdict = failure('timeout', 'Sandbox.Timedout', `Task timed out after ${seconds} seconds`);
      this.kill();
    }, this.timeoutMs);
    const poll = this.poll;
    this.poll = undefined;
    poll.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': invocation.id,
      'lambda-runtime-deadline-ms': String(Date.now() + this.timeoutMs),
      'lambda-runtime-invoked-function-arn': `arn:aws:lambda:us-west-2:000000000000:function:${this.name}`,
      'lambda-runtime-trace-id': 'Root=1-00000000-000000000000000000000000;Sampled=0',
    });
    poll.end(invocation.event);
    return true;
  }

  /** After its answer the time-out goes on until it asks for the next event: it may not idle about. */
  settle(result) {
    const invocation = this.invocation;
    this.invocation = undefined;
    if (invocation) this.owner.settled(invocation, result);
  }

  /** SIGKILL, as Lambda ends a sandbox. No event goes to it from now on. */
  kill() {
    this.state = 'dead';
    clearTimeout(this.timer);
    this.child?.kill('SIGKILL');
  }

  async finish(result) {
    if (this.finished) return;
    this.finished = true;
    this.state = 'dead';
    clearTimeout(this.timer);
    this.settle(result);
    this.owner.gone(this, result);
    await closeServer(this.server);
    this.resolveEnded();
  }
}

function readReport(body) {
  try {
    return JSON.parse(body.toString());
  } catch {
    return {};
  }
}

function readPayload(body) {
  try {
    return { payload: body.length === 0 ? null : JSON.parse(body.toString()) };
  } catch {
    return failure('function', 'Runtime.BadAnswer', 'the answer is no JSON');
  }
}

function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

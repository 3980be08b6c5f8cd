// Runs a Lambda function's real binary as Lambda does: one event at a time per instance, warm
// instances first, more up to a limit, a time-out that kills, a new start after a crash.
import { randomUUID } from 'node:crypto';
import { Instance } from './instance.mjs';

/** The last lines that a function's instances wrote. */
const LINES_MAX = 20_000;

export class LambdaFunction {
  /**
   * `environment` may be a function of the instance's number. `maxInstances` is the reserved
   * concurrency: further events wait their turn here, where Lambda would refuse them (429).
   */
  constructor({ name, binary, args, environment = {}, timeoutMs = 3000, maxInstances = 10, random = Math.random }) {
    Object.assign(this, { name, binary, args, environment, timeoutMs, maxInstances, random });
    this.instances = new Set();
    this.ending = new Set();
    this.waiting = [];
    this.started = 0;
    this.closed = false;
    this.lines = [];
    this.initMs = [];
    this.counters = {
      coldStarts: 0, invocations: 0, successes: 0, functionErrors: 0, timeouts: 0, crashes: 0, initErrors: 0, kills: 0,
    };
  }

  /**
   * Runs it once: `{ payload }`, or `{ error: { kind, errorType, errorMessage } }` with the kind
   * `function` (it said so), `timeout`, `crash`, `init` (never asked for an event) or `closed`.
   */
  invoke(event) {
    if (this.closed) return Promise.resolve({ error: { kind: 'closed', errorType: 'Sandbox.Closed', errorMessage: '' } });
    this.counters.invocations += 1;
    return new Promise((resolve) => {
      this.waiting.push({ id: randomUUID(), event: JSON.stringify(event), resolve });
      this.dispatch();
    });
  }

  dispatch() {
    for (const instance of this.instances) {
      if (this.waiting.length === 0) return;
      if (instance.state === 'idle' && instance.take(this.waiting[0])) this.waiting.shift();
    }
    // Those that start, and those that have answered and are about to ask again.
    let soon = [...this.instances].filter(({ state, invocation }) => state !== 'dead' && !invocation).length;
    while (!this.closed && soon < this.waiting.length && this.instances.size < this.maxInstances) {
      this.start();
      soon += 1;
    }
  }

  start() {
    this.started += 1;
    this.counters.coldStarts += 1;
    const number = this.started;
    const environment = typeof this.environment === 'function' ? this.environment(number) : this.environment;
    const instance = new Instance({
      name: this.name, number, binary: this.binary, args: this.args, environment, timeoutMs: this.timeoutMs, owner: this,
    });
    this.instances.add(instance);
    this.ending.add(instance.ended.then(() => undefined));
    instance.start().catch((error) => instance.finish({
      error: { kind: 'init', errorType: 'Sandbox.StartFailed', errorMessage: error.message },
    }));
  }

  // What an instance tells.

  ready(instance) {
    if (this.initMs.length < instance.number) this.initMs.push(instance.initMs);
    this.dispatch();
  }

  settled(invocation, result) {
    const counter = { function: 'functionErrors', timeout: 'timeouts', crash: 'crashes', init: 'initErrors' };
    const key = result.error ? counter[result.error.kind] : 'successes';
    if (key) this.counters[key] += 1;
    invocation.resolve(result);
  }

  gone(instance, result) {
    this.instances.delete(instance);
    // One that never came up fails the event it was started for, or a crash loop would never end.
    if (!instance.initiated && this.waiting.length > 0 && !this.closed) {
      const error = { ...result.error, kind: 'init' };
      this.settled(this.waiting.shift(), { error });
    }
    this.dispatch();
  }

  line(instance, text) {
    this.lines.push({ instance: instance.number, text });
    if (this.lines.length > LINES_MAX) this.lines.shift();
  }

  // What a test does to it.

  /** Starts instances until there are so many, and waits until each has asked for an event. */
  async warm(count) {
    while (this.instances.size < count) this.start();
    await Promise.all([...this.instances].map((instance) => Promise.race([instance.polled, instance.ended])));
  }

  /** How many events are waiting or running. */
  get busy() {
    return this.waiting.length + [...this.instances].filter((instance) => instance.invocation).length;
  }

  /** For all events from now on. */
  setTimeout(milliseconds) {
    for (const limited of [this, ...this.instances]) limited.timeoutMs = milliseconds;
  }

  /** The id of the event that an instance is at. */
  invocationOf(number) {
    return [...this.instances].find((each) => each.number === number)?.invocation?.id;
  }

  /** SIGKILL to an instance in the middle of an event; its number, or undefined if none is. */
  killRandom() {
    const busy = [...this.instances].filter((instance) => instance.state === 'busy' && instance.invocation);
    if (busy.length === 0) return undefined;
    return this.killInstance(busy[Math.floor(this.random() * busy.length)].number);
  }

  /** SIGKILL to one instance, by its number. */
  killInstance(number) {
    const instance = [...this.instances].find((each) => each.number === number && each.state !== 'dead');
    if (!instance?.child) return undefined;
    this.counters.kills += 1;
    instance.kill();
    return number;
  }

  /** SIGKILL to all; how many there were, when they are gone. */
  async killAll() {
    const victims = [...this.instances].filter((each) => this.killInstance(each.number) !== undefined);
    await Promise.all(victims.map((instance) => instance.ended));
    return victims.length;
  }

  /** Ends everything. Events that run or wait get an error of the kind `closed` or `crash`. */
  async close() {
    this.closed = true;
    for (const { resolve } of this.waiting.splice(0)) {
      resolve({ error: { kind: 'closed', errorType: 'Sandbox.Closed', errorMessage: '' } });
    }
    for (const instance of this.instances) instance.kill();
    await Promise.all(this.ending);
  }
}

// EventBridge: schedules that start the sweep, and rules that pass events on. Both from the template.
import { matchesPattern } from './pattern.mjs';

/** The schedules of a template: `{ id, expression, target, input }`; `target` is the function's logical id. */
export function schedulesOf(stack) {
  return stack.byType('AWS::Scheduler::Schedule').map(({ id, properties }) => ({
    id,
    expression: properties.ScheduleExpression,
    target: properties.Target.Arn,
    input: JSON.parse(properties.Target.Input),
  }));
}

/** Runs schedules on demand, or over and over. `functions` maps a target's ARN to its function. */
export class Schedules {
  constructor({ stack, functions }) {
    this.functions = functions;
    this.schedules = schedulesOf(stack);
    for (const { id, target } of this.schedules) {
      if (!functions.get(target)) throw new Error(`the schedule ${id} starts ${target}, which isn't one of the functions`);
    }
    this.rules = stack.byType('AWS::Events::Rule').filter(({ properties }) => properties.EventPattern);
    this.timers = new Map();
    this.running = new Set();
  }

  /** The schedule whose input has this kind (`minute`, `canary`). */
  find(kind) {
    const found = this.schedules.find(({ input }) => input.kind === kind);
    if (!found) throw new Error(`the template schedules nothing of the kind ${kind}`);
    return found;
  }

  /** Starts it once as the scheduler would; the function's result. */
  async runOnce(kind, input) {
    const schedule = this.find(kind);
    const work = this.functions.get(schedule.target).invoke(input ?? schedule.input);
    this.running.add(work);
    try {
      return await work;
    } finally {
      this.running.delete(work);
    }
  }

  /** Starts it each so many milliseconds of real time, also while another run goes on, as the scheduler does. */
  every(milliseconds, kind = 'minute') {
    this.find(kind);
    clearInterval(this.timers.get(kind));
    this.timers.set(kind, setInterval(() => this.runOnce(kind).catch(() => undefined), milliseconds));
  }

  /** Passes an event to each rule whose pattern it has: `[{ rule, result }]`. None is a finding of its own. */
  async publish(event) {
    const results = [];
    for (const { id, properties } of this.rules) {
      if (properties.State === 'DISABLED' || !matchesPattern(properties.EventPattern, event)) continue;
      for (const { Arn } of properties.Targets) {
        const target = this.functions.get(Arn);
        if (!target) throw new Error(`the rule ${id} starts ${Arn}, which isn't one of the functions`);
        results.push({ rule: id, result: await target.invoke(event) });
      }
    }
    return results;
  }

  async close() {
    for (const timer of this.timers.values()) clearInterval(timer);
    await Promise.allSettled(this.running);
  }
}

const details = {
  Bounce: {
    title: 'Email Bounced',
    key: 'bounce',
    value: (to) => ({
      bounceType: 'Permanent',
      bounceSubType: 'General',
      bouncedRecipients: to.map((emailAddress) => ({ emailAddress, action: 'failed', status: '5.1.1' })),
    }),
  },
  Complaint: {
    title: 'Email Complaint Received',
    key: 'complaint',
    value: (to) => ({
      complainedRecipients: to.map((emailAddress) => ({ emailAddress })),
      complaintFeedbackType: 'abuse',
    }),
  },
  Delivery: {
    title: 'Email Delivered',
    key: 'delivery',
    value: (to) => ({ processingTimeMillis: 900, recipients: to, smtpResponse: '250 ok', reportingMTA: 'a.smtp-out.amazonses.com' }),
  },
  Reject: { title: 'Email Rejected', key: 'reject', value: () => ({ reason: 'Bad content' }) },
  'Rendering Failure': { title: 'Email Rendering Failed', key: 'failure', value: () => ({ errorMessage: 'x', templateName: 'x' }) },
};

/** The event that SES makes of a mail. `type` is `Bounce`, `Complaint`, `Delivery`, `Reject` or `Rendering Failure`. */
export function sesEvent(mail, type, { region = 'us-west-2', now = new Date(), more = {} } = {}) {
  const detail = details[type];
  if (!detail) throw new Error(`SES has no event ${type}; it has ${Object.keys(details).join(', ')}`);
  const time = now.toISOString();
  const to = (mail.to ?? '').split(/,\s*/).map((address) => /<([^>]+)>/.exec(address)?.[1] ?? address);
  const tags = Object.fromEntries(Object.entries(mail.tags).map(([name, value]) => [name, [value]]));
  return {
    version: '0',
    id: mail.messageId,
    'detail-type': detail.title,
    source: 'aws.ses',
    account: '000000000000',
    time,
    region,
    resources: [`arn:aws:ses:${region}:000000000000:configuration-set/${mail.configurationSet}`],
    detail: {
      eventType: type,
      [detail.key]: { timestamp: time, feedbackId: mail.messageId, ...detail.value(to), ...more },
      mail: {
        timestamp: time,
        source: mail.from,
        messageId: mail.messageId,
        destination: to,
        headersTruncated: false,
        headers: Object.entries(mail.headers).map(([name, value]) => ({ name, value })),
        commonHeaders: { from: [mail.from], to, subject: mail.subject },
        tags: { 'ses:operation': ['SendEmail'], 'ses:configuration-set': [mail.configurationSet], ...tags },
      },
    },
  };
}

// What goes wrong in the long run.

/** All the time, each by chance: most are over with the client's next try. */
const background = [
  { kind: 'throttle', action: 'dynamodb:*', probability: 0.04 },
  { kind: 'fail', action: 'dynamodb:*', probability: 0.03 },
  { kind: 'unavailable', action: 'dynamodb:*', probability: 0.01 },
  { kind: 'refuse', action: 'dynamodb:*', probability: 0.01 },
  { kind: 'drop', action: 'dynamodb:*', probability: 0.03 },
  { kind: 'slow', action: 'dynamodb:*', probability: 0.005, delayMs: 3000 },
  { kind: 'slow', action: 'dynamodb:*', probability: 0.005, delayMs: 3000, when: 'after' },
  { kind: 'partial', probability: 0.3 },
  { kind: 'kill', probability: 0.004 },
  { kind: 'kill', probability: 0.004, when: 'after' },
  { kind: 'throttle', action: 'ses:*', probability: 0.1 },
  { kind: 'fail', action: 'ses:*', probability: 0.05 },
  { kind: 'drop', action: 'ses:*', probability: 0.03 },
  { kind: 'slow', action: 'ses:*', probability: 0.02, delayMs: 3000 },
  { kind: 'kill', action: 'ses:*', probability: 0.02, when: 'after' },
  { kind: 'throttle', action: 'ssm:*', probability: 0.05 },
  { kind: 'fail', action: 'ssm:*', probability: 0.05 },
];

/** For some seconds one thing is down altogether, and no further try helps. */
export const spells = [
  { rules: [{ kind: 'throttle', table: 'cases', action: 'dynamodb:PutItem' }] },
  { rules: [{ kind: 'fail', table: 'cases' }] },
  { rules: [{ kind: 'throttle', table: 'keys' }] },
  { rules: [{ kind: 'unavailable', table: 'records' }] },
  { rules: [{ kind: 'slow', table: 'cases', probability: 0.5, delayMs: 3000 }] },
  { rules: [{ kind: 'drop', table: 'cases', probability: 0.7 }] },
  { rules: [{ kind: 'drop', table: 'keys', probability: 0.7 }] },
  { rules: [{ kind: 'kill', function: 'desk', table: 'cases', action: 'dynamodb:PutItem', when: 'after', probability: 0.5 }] },
  { rules: [{ kind: 'kill', function: 'deliver', probability: 0.15 }] },
  { rules: [{ kind: 'kill', function: 'sweep', probability: 0.1, when: 'after' }] },
  { rules: [{ kind: 'fail', function: 'deliver' }] },
  // The write is done, and the patron gets no answer.
  { rules: [{ kind: 'slow', table: 'cases', action: 'dynamodb:PutItem', when: 'after', delayMs: 2000 }], timeouts: { api: 1500 } },
  { rules: [{ kind: 'slow', table: 'cases', action: 'dynamodb:PutItem', when: 'after', delayMs: 9000 }], timeouts: { desk: 1500 } },
];

/** All rules of a moment. */
export const faultsOf = (spell, isMailDown) => [...(isMailDown ? [{ kind: 'unavailable', action: 'ses:*' }] : []), ...spell, ...background];

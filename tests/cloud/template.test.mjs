import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { allows, rightsByFunction } from './iam.mjs';
import { Schedules, sesEvent } from './schedule.mjs';
import { createInput, createTables, tableRoles } from './tables.mjs';
import { parseTemplate, Stack } from './template.mjs';
import { readStack, wiring } from './wiring.mjs';

const real = path.resolve(import.meta.dirname, '../../infra/aws/template.yaml');
const readReal = () => readStack(real, { prefix: 'books', originSecret: 'new,old' });

const small = `
Parameters:
  Name: { Type: String, Default: langley, AllowedPattern: '[a-z]+' }
  Days: { Type: Number, Default: 7 }
  Ids: { Type: CommaDelimitedList, Default: 'a, b' }
Mappings:
  Sizes: { small: { memory: 128 } }
Conditions:
  IsLangley: !Equals [!Ref Name, langley]
  Never: !Not [!Condition IsLangley]
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: !Sub '\${Name}-cases'
      Days: !Ref Days
  Other:
    Type: AWS::DynamoDB::Table
    Condition: Never
`;
const resolve = (yaml, options) => {
  const stack = new Stack(parseTemplate(small), options);
  return stack.resolve(parseTemplate(yaml));
};

test('tags mean what their long forms mean', () => {
  assert.deepEqual(resolve('[!Ref Name, {Ref: Name}]'), ['langley', 'langley']);
  assert.equal(resolve("!Sub 'x-${Name}-${Table.Arn}-${!kept}-${AWS::Region}'"), 'x-langley-Table.Arn-${kept}-us-west-2');
  assert.equal(resolve("!Sub ['${a}', {a: !Ref Name}]"), 'langley');
  assert.equal(resolve("!Join ['-', [a, !Ref Name]]"), 'a-langley');
  assert.equal(resolve("!Select [0, !Split [',', 'new,old']]"), 'new');
  assert.equal(resolve('!FindInMap [Sizes, small, memory]'), 128);
  assert.deepEqual(resolve('!Ref Ids'), ['a', 'b']);
  assert.deepEqual(resolve('{a: !If [IsLangley, 1, 2], b: !If [Never, 1, !Ref "AWS::NoValue"]}'), { a: 1 });
  assert.equal(resolve('!GetAtt Table.Arn'), 'Table.Arn');
});

test('mistakes in a template are errors', () => {
  assert.throws(() => resolve('!Ref Nmae'), /nothing named Nmae/);
  assert.throws(() => resolve("!Sub '${Tabel.Arn}'"), /no resource Tabel/);
  assert.throws(() => resolve('!GetAtt Tabel.Arn'), /no resource Tabel/);
  assert.throws(() => resolve('!If [IsLangly, 1, 2]'), /no condition IsLangly/);
  assert.throws(() => resolve('!Refer Name'), /Fn::Refer isn't known/);
  assert.throws(() => resolve('!Ref Name', { parameters: { Name: '1' } }), /doesn't take 1/);
  assert.throws(() => resolve('1', { parameters: { Nmae: 'x' } }), /no parameter Nmae/);
});

test('resources whose condition is false are not there', () => {
  const stack = new Stack(parseTemplate(small), { parameters: { Name: 'clinton' } });
  assert.deepEqual(stack.byType('AWS::DynamoDB::Table').map(({ id }) => id), ['Table', 'Other']);
  assert.equal(new Stack(parseTemplate(small)).byType('AWS::DynamoDB::Table').length, 1);
});

test("the real template's parts fit together", () => {
  const stack = readReal();
  const { functions, api, streamTable } = wiring(stack);
  assert.deepEqual(Object.keys(functions), ['desk', 'deliver', 'sweep']);
  const roles = tableRoles(Object.values(functions).map(({ environment }) => environment));
  assert.equal(streamTable, roles.cases);
  assert.deepEqual(api.routes, ['ANY /desk/{proxy+}']);
  // API Gateway must not give up before the function does.
  assert.ok(api.timeoutMs > functions.desk.timeoutMs);
});

test("the real template's tables are created as the contracts say", async () => {
  const stack = readReal();
  const calls = [];
  const client = {
    dynamodb: async (action, input) => {
      calls.push([action, input]);
      return { TableDescription: { TableStatus: 'ACTIVE', LatestStreamArn: `${input.TableName}/stream` } };
    },
  };
  const { streams } = await createTables(client, stack);
  const { functions } = wiring(stack);
  const roles = tableRoles(Object.values(functions).map(({ environment }) => environment));
  const input = (action, role) => calls.find(([name, { TableName }]) => name === action && TableName === roles[role])?.[1];
  const cases = input('CreateTable', 'cases');
  assert.deepEqual(cases.KeySchema, [{ AttributeName: 'id', KeyType: 'HASH' }]);
  assert.deepEqual(cases.StreamSpecification, { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' });
  assert.deepEqual(cases.GlobalSecondaryIndexes.map(({ IndexName }) => IndexName).sort(), ['queue', 'wake']);
  assert.equal(cases.BillingMode, 'PAY_PER_REQUEST');
  assert.deepEqual(input('CreateTable', 'records').KeySchema, [{ AttributeName: 'key', KeyType: 'HASH' }]);
  for (const role of ['keys', 'records']) {
    assert.deepEqual(input('UpdateTimeToLive', role).TimeToLiveSpecification, { AttributeName: 'expires', Enabled: true });
  }
  assert.equal(input('UpdateContinuousBackups', 'keys').PointInTimeRecoverySpecification.RecoveryPeriodInDays, 7);
  assert.equal(input('UpdateContinuousBackups', 'records'), undefined);
  assert.equal(streams[roles.cases], `${roles.cases}/stream`);
});

test('only the unknown is tolerated of an emulator, and only for what may be', async () => {
  const failing = (name, action) => ({
    dynamodb: async (called) => {
      if (called === action) throw Object.assign(new Error(name), { name });
      return { TableDescription: { TableStatus: 'ACTIVE' } };
    },
  });
  const { skipped } = await createTables(failing('UnknownOperationException', 'UpdateContinuousBackups'), readReal());
  assert.equal(skipped.length, 2);
  await assert.rejects(createTables(failing('ValidationException', 'UpdateTimeToLive'), readReal()), /ValidationException/);
  await assert.rejects(createTables(failing('UnknownOperationException', 'CreateTable'), readReal()), /UnknownOperation/);
});

test('a misspelt key of a table is an error', () => {
  assert.throws(() => createInput('cases', { KeySchmea: [] }), /no KeySchmea/);
});

test('rights of the template are read as IAM reads them', () => {
  const statements = [
    { effect: 'Allow', actions: ['dynamodb:Get*'], resources: ['arn:aws:dynamodb:us-west-2:0:table/cases'] },
    { effect: 'Allow', actions: ['dynamodb:Query'], resources: ['arn:aws:dynamodb:us-west-2:0:table/cases/index/*'] },
    { effect: 'Deny', actions: ['*'], resources: ['arn:aws:dynamodb:us-west-2:0:table/cases/index/secret'] },
  ];
  assert.ok(allows(statements, 'dynamodb:GetItem', 'table/cases'));
  assert.ok(allows(statements, 'dynamodb:Query', 'table/cases/index/wake'));
  assert.ok(!allows(statements, 'dynamodb:Query', 'table/cases/index/secret'));
  assert.ok(!allows(statements, 'dynamodb:Query', 'table/cases'));
  assert.ok(!allows(statements, 'dynamodb:PutItem', 'table/cases'));
  assert.ok(!allows(statements, 'dynamodb:GetItem', 'table/cases2'));
});

test('no function of the real template may do what only another needs', () => {
  const stack = readReal();
  const ids = Object.fromEntries(Object.entries(wiring(stack).functions).map(([name, { id }]) => [name, id]));
  const rights = rightsByFunction(stack, ids);
  assert.ok(!allows(rights.desk, 'ses:SendRawEmail', 'identity/library.example'));
  assert.ok(allows(rights.deliver, 'ses:SendRawEmail', 'identity/library.example'));
  assert.ok(!allows(rights.deliver, 'ssm:GetParameters', 'parameter/books/origin'));
});

/** Schedules of the real template, with functions that note what they get. */
function schedules(stack) {
  const got = [];
  const functions = new Map(Object.entries(wiring(stack).functions).map(([name, { arn }]) => [arn, {
    invoke: async (event) => {
      got.push({ name, event });
      return { payload: 'done' };
    },
  }]));
  return { made: new Schedules({ stack, functions }), got };
}

test('the sweep starts with what the template says', async () => {
  const { made, got } = schedules(readReal());
  assert.deepEqual(await made.runOnce('minute'), { payload: 'done' });
  await made.runOnce('canary');
  assert.deepEqual(got, [{ name: 'sweep', event: { kind: 'minute' } }, { name: 'sweep', event: { kind: 'canary' } }]);
  await assert.rejects(async () => made.runOnce('hour'), /schedules nothing of the kind hour/);
});

test('a mail that came back reaches deliver, by the tags of our configuration set', async () => {
  const stack = readReal();
  const { made, got } = schedules(stack);
  const set = stack.ref(stack.byType('AWS::SES::ConfigurationSet')[0].id);
  const mail = {
    to: 'Langley <langley@library.example>', from: 'desk@library.example', subject: 'x', messageId: 'm1',
    tags: { notice: 'n1' }, configurationSet: set, headers: {},
  };
  for (const type of ['Bounce', 'Complaint', 'Reject', 'Rendering Failure']) await made.publish(sesEvent(mail, type));
  assert.deepEqual(got.map(({ name }) => name), ['deliver', 'deliver', 'deliver', 'deliver']);
  assert.deepEqual(got[0].event.detail.bounce.bouncedRecipients[0].emailAddress, 'langley@library.example');
  assert.deepEqual(await made.publish(sesEvent({ ...mail, configurationSet: 'other' }, 'Bounce')), []);
});

test('of mail that arrived, deliver hears of branches\' alone', async () => {
  const stack = readReal();
  const { made, got } = schedules(stack);
  const configurationSet = stack.ref(stack.byType('AWS::SES::ConfigurationSet')[0].id);
  const arrived = (audience, set = configurationSet) => made.publish(sesEvent({
    to: 'a@library.example', from: 'desk@library.example', subject: 'x', messageId: 'm1',
    tags: { notice: 'n1', audience }, configurationSet: set, headers: {},
  }, 'Delivery'));
  for (const audience of ['patron', 'coordinator', 'canary']) assert.deepEqual(await arrived(audience), []);
  assert.deepEqual(await arrived('branch', 'other'), []);
  assert.equal((await arrived('branch')).length, 1);
  assert.deepEqual(got.map(({ name }) => name), ['deliver']);
});

// What the template connects with what: which function the API calls, the stream feeds, the clock starts.
import { Stack } from './template.mjs';

export const region = 'us-west-2';
const account = '000000000000';

/** Values for parameters that have no default. */
const samples = {
  DomainName: 'help.library.example',
  CertificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/0',
  CodeBucket: 'code',
  DeskCodeKey: 'desk.zip',
  DeliverCodeKey: 'deliver.zip',
  SweepCodeKey: 'sweep.zip',
  SenderDomain: 'library.example',
  AlarmEmail: 'admin@library.example',
};

const named = {
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::SES::ConfigurationSet': 'Name',
  'AWS::Lambda::Function': 'FunctionName',
};

/**
 * The template as one stack of an emulator. `prefix` begins the names of its tables, sets and SSM
 * parameters. `parameters` replace the samples and defaults.
 */
export function readStack(path, { prefix, parameters = {}, originSecret }) {
  const own = {
    SecretsParameter: `/${prefix}/secrets`,
    OriginParameter: `/${prefix}/origin`,
    OriginSecret: `/${prefix}/origin`,
  };
  const stack = Stack.read(path, {
    region,
    name: prefix,
    ssm: { [own.OriginSecret]: originSecret },
    physical: (id, { Type, Properties }) => {
      if (!(Type in named)) return undefined;
      const given = Properties?.[named[Type]];
      return given === undefined ? `${prefix}-${id}` : `${prefix}-${stack.resolve(given)}`;
    },
    attribute: (id, name, { Type }) => {
      const physical = stack.ref(id);
      if (Type === 'AWS::DynamoDB::Table' && name === 'Arn') return `arn:aws:dynamodb:${region}:${account}:table/${physical}`;
      if (Type === 'AWS::DynamoDB::Table' && name === 'StreamArn') return `arn:aws:dynamodb:${region}:${account}:table/${physical}/stream/1`;
      if (Type === 'AWS::Lambda::Function' && name === 'Arn') return `arn:aws:lambda:${region}:${account}:function:${physical}`;
      if (Type === 'AWS::IAM::Role' && name === 'Arn') return `arn:aws:iam::${account}:role/${physical}`;
      return undefined;
    },
  });
  const declared = (values) => Object.fromEntries(Object.entries(values).filter(([key]) => stack.template.Parameters?.[key]));
  stack.parameters = { ...declared({ ...samples, ...own }), ...parameters };
  for (const key of Object.keys(parameters)) {
    if (!stack.template.Parameters?.[key]) throw new Error(`the template has no parameter ${key}`);
  }
  return stack;
}

function one(list, what) {
  if (list.length !== 1) throw new Error(`the template has ${list.length} of ${what}, not one`);
  return list[0];
}

/** `{ desk, deliver, sweep }`: each with its logical id, ARN, environment and time-out; and the ways to them. */
export function wiring(stack) {
  const functions = stack.byType('AWS::Lambda::Function').map(({ id, properties }) => ({
    id,
    arn: stack.get(id, 'Arn'),
    environment: properties.Environment?.Variables ?? {},
    timeoutMs: Number(properties.Timeout ?? 3) * 1000,
    reserved: properties.ReservedConcurrentExecutions && Number(properties.ReservedConcurrentExecutions),
  }));
  const at = (text, from) => one(functions.filter(({ id, arn }) => text === stack.ref(id) || String(text).includes(arn)), `function at ${from}`);

  const integration = one(stack.byType('AWS::ApiGatewayV2::Integration'), 'integration').properties;
  if (integration.PayloadFormatVersion !== '2.0') throw new Error('the integration must have the payload format 2.0');
  const routes = stack.byType('AWS::ApiGatewayV2::Route').map(({ properties }) => properties.RouteKey);
  const stage = one(stack.byType('AWS::ApiGatewayV2::Stage'), 'stage').properties;
  if (stage.StageName !== '$default') throw new Error(`the stage ${stage.StageName} would stand in each path`);

  const mapping = one(stack.byType('AWS::Lambda::EventSourceMapping'), 'event source mapping').properties;
  const source = one(
    stack.byType('AWS::DynamoDB::Table').filter(({ id }) => stack.get(id, 'StreamArn') === mapping.EventSourceArn),
    'table at the event source mapping',
  );
  const schedules = stack.byType('AWS::Scheduler::Schedule');
  if (schedules.length === 0) throw new Error('the template has no schedule');
  const targets = new Set(schedules.map(({ properties }) => properties.Target.Arn));
  return {
    functions: {
      desk: at(integration.IntegrationUri, 'the integration'),
      deliver: at(mapping.FunctionName, 'the event source mapping'),
      sweep: at(one([...targets], 'function at the schedules'), 'the schedules'),
    },
    api: { routes, timeoutMs: Number(integration.TimeoutInMillis ?? 30_000) },
    mapping,
    streamTable: stack.ref(source.id),
  };
}

// Which AWS action a request is, who makes it and on what: as an IAM policy sees it.

const services = {
  DynamoDB_20120810: 'dynamodb',
  DynamoDBStreams_20120810: 'dynamodb',
  AmazonSSM: 'ssm',
  AmazonSQS: 'sqs',
};

/** A transaction needs the rights of its parts; IAM knows no action of its own for it. */
const transactParts = { Put: 'PutItem', Update: 'UpdateItem', Delete: 'DeleteItem', ConditionCheck: 'ConditionCheckItem', Get: 'GetItem' };

/**
 * `{ function, instance, region, service, action, body, rights }`. The access key is `name-number`:
 * the function and its instance. `rights` are `[action, resource]` pairs; a resource is
 * `table/NAME`, `table/NAME/index/NAME`, `parameter/NAME` or `configuration-set/NAME`.
 */
export function readCall({ method, url, headers, body }) {
  const [key = '', , region] = (headers.authorization ?? '').match(/Credential=([^,\s]+)/)?.[1].split('/') ?? [];
  const [, name, number] = key.match(/^(.+)-(\d+)$/) ?? [undefined, key || 'unknown', undefined];
  const call = { function: name, instance: number && Number(number), region };
  const target = headers['x-amz-target'];
  if (target) {
    const [prefix, operation] = target.split('.');
    call.service = services[prefix] ?? prefix.toLowerCase();
    call.action = `${call.service}:${operation}`;
    call.stream = prefix === 'DynamoDBStreams_20120810';
  } else if (url.startsWith('/v2/email/')) {
    call.service = 'ses';
    call.action = url.startsWith('/v2/email/outbound-emails') && method === 'POST' ? 'ses:SendEmail' : `ses:${method} ${url}`;
  } else {
    call.service = 'unknown';
    call.action = `unknown:${method} ${url}`;
  }
  try {
    call.body = body.length > 0 ? JSON.parse(body) : {};
  } catch {
    call.body = {};
  }
  call.rights = rightsOf(call);
  return call;
}

function rightsOf({ action, service, body }) {
  if (action === 'dynamodb:TransactWriteItems' || action === 'dynamodb:TransactGetItems') {
    return (body.TransactItems ?? []).flatMap((item) =>
      Object.entries(item).map(([part, { TableName }]) => [`dynamodb:${transactParts[part]}`, `table/${TableName}`]));
  }
  if (service === 'dynamodb') {
    if (body.RequestItems) return Object.keys(body.RequestItems).map((table) => [action, `table/${table}`]);
    const index = body.IndexName ? `/index/${body.IndexName}` : '';
    return [[action, body.TableName ? `table/${body.TableName}${index}` : '*']];
  }
  if (service === 'ssm') {
    const names = body.Names ?? [body.Name].filter(Boolean);
    return names.map((name) => [action, `parameter/${name.replace(/^\//, '')}`]);
  }
  if (action === 'ses:SendEmail') {
    // A message given as raw MIME needs ses:SendRawEmail, though the operation is SendEmail.
    const needed = body.Content?.Raw ? 'ses:SendRawEmail' : 'ses:SendEmail';
    const from = /([^<>\s]+)@([^<>\s]+)/.exec(body.FromEmailAddress ?? '')?.[2] ?? '*';
    return [
      [needed, `identity/${from}`],
      ...(body.ConfigurationSetName ? [[needed, `configuration-set/${body.ConfigurationSetName}`]] : []),
    ];
  }
  return [[action, '*']];
}

/** Tables that a call names. */
export function tablesOf({ body }) {
  const parts = (body.TransactItems ?? []).flatMap((item) => Object.values(item).map((part) => part.TableName));
  return [...new Set([body.TableName, ...Object.keys(body.RequestItems ?? {}), ...parts])].filter(Boolean);
}

/** What a call touches: `{ tables, index, keys }`, the keys as far as the call names them. */
export function placesOf(call) {
  const { body } = call;
  const keyOf = (item) => (item.id ?? item.key)?.S;
  const puts = Object.values(body.RequestItems ?? {}).flatMap((items) => (Array.isArray(items) ? items : items.Keys)
    .map((item) => item.PutRequest?.Item ?? item.DeleteRequest?.Key ?? item));
  const parts = (body.TransactItems ?? []).flatMap((item) => Object.values(item)).map(({ Item, Key }) => Item ?? Key);
  const items = [body.Item ?? body.Key, ...puts, ...parts].filter(Boolean);
  return { tables: tablesOf(call), index: body.IndexName, keys: call.service === 'dynamodb' ? items.map(keyOf) : [] };
}

/** Adds up calls: per function its actions, the rights it needed, bytes, and capacity where it was measured. */
export class Ledger {
  constructor() {
    this.functions = {};
  }

  of(name) {
    this.functions[name] ??= {
      actions: {}, rights: {}, injected: {}, requestBytes: 0, responseBytes: 0, capacity: { read: 0, write: 0, tables: {} },
    };
    return this.functions[name];
  }

  count(call) {
    const entry = this.of(call.function);
    entry.actions[call.action] = (entry.actions[call.action] ?? 0) + 1;
    for (const [action, resource] of call.rights) {
      entry.rights[action] ??= {};
      entry.rights[action][resource] = (entry.rights[action][resource] ?? 0) + 1;
    }
  }

  injected(call, kind) {
    const entry = this.of(call.function);
    entry.injected[kind] = (entry.injected[kind] ?? 0) + 1;
  }

  measure(call, requestBytes, responseBytes, consumed) {
    const entry = this.of(call.function);
    entry.requestBytes += requestBytes;
    entry.responseBytes += responseBytes;
    for (const { TableName, CapacityUnits } of [consumed ?? []].flat()) {
      const kind = /Get|Query|Scan/.test(call.action) ? 'read' : 'write';
      entry.capacity[kind] += CapacityUnits;
      entry.capacity.tables[TableName] ??= { read: 0, write: 0 };
      entry.capacity.tables[TableName][kind] += CapacityUnits;
    }
  }
}

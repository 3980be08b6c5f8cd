// The few calls that the tests themselves make to an emulator. Attribute values stay in DynamoDB's
// own JSON, as the stream and the functions have them; no SDK, so the system starts fast.

const targets = {
  dynamodb: 'DynamoDB_20120810',
  streams: 'DynamoDBStreams_20120810',
  ssm: 'AmazonSSM',
};
const versions = { dynamodb: '1.0', streams: '1.0', ssm: '1.1' };
const scopes = { dynamodb: 'dynamodb', streams: 'dynamodb', ssm: 'ssm', ses: 'ses' };

/** An answer that isn't a success: `name` is AWS's (`ConditionalCheckFailedException`). */
export class AwsError extends Error {
  constructor(action, status, body) {
    const name = String(body.__type ?? body.name ?? body.code ?? 'Unknown').split('#').at(-1);
    super(`${action}: ${status} ${name}: ${body.message ?? body.Message ?? ''}`);
    this.name = name;
    this.status = status;
    this.body = body;
  }
}

/** Calls as one access key. Emulators check no signature, but read key, region and service from it. */
export function awsClient({ endpoint, region, accessKeyId = 'tests' }) {
  const authorization = (service) =>
    `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/${scopes[service]}/aws4_request, ` +
    'SignedHeaders=host;x-amz-date, Signature=0000';
  async function send(service, action, address, options) {
    const answer = await fetch(address, {
      ...options,
      headers: {
        authorization: authorization(service),
        'x-amz-date': '20260101T000000Z',
        ...options.headers,
      },
    });
    const text = await answer.text();
    const body = text ? JSON.parse(text) : {};
    if (!answer.ok) {
      body.__type ??= answer.headers.get('x-amzn-errortype') ?? undefined;
      throw new AwsError(`${service} ${action}`, answer.status, body);
    }
    return body;
  }
  const json = (service) => (action, input = {}) =>
    send(service, action, endpoint, {
      method: 'POST',
      headers: {
        'content-type': `application/x-amz-json-${versions[service]}`,
        'x-amz-target': `${targets[service]}.${action}`,
      },
      body: JSON.stringify(input),
    });
  return {
    dynamodb: json('dynamodb'),
    streams: json('streams'),
    ssm: json('ssm'),
    ses: (method, path, input) =>
      send('ses', `${method} ${path}`, `${endpoint}/v2/email${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        body: input && JSON.stringify(input),
      }),
  };
}

/** All items of a table, page by page. */
export async function scanAll(client, table) {
  const items = [];
  let start;
  do {
    const page = await client.dynamodb('Scan', {
      TableName: table,
      ConsistentRead: true,
      ...(start && { ExclusiveStartKey: start }),
    });
    items.push(...page.Items);
    start = page.LastEvaluatedKey;
  } while (start);
  return items;
}

// A form's least with the AWS SDK: parameters from SSM at the start, the form parsed, one
// conditional put, a page. `phone(text)` makes +1… of a number, or nothing.
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { randomBytes } from 'node:crypto';

const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const page = ({ id, topic, phone, email }) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sent</title></head>
<body><main><h1>Your request was sent</h1><p>Its number is ${id}.</p>
<dl><dt>Topic</dt><dd>${escaped(topic)}</dd><dt>Phone</dt><dd>${phone}</dd><dt>E-mail</dt><dd>${escaped(email)}</dd></dl>
</main></body></html>`;

export async function start(phoneOf) {
  const Names = [process.env.BENCH_SECRETS_PARAMETER, process.env.BENCH_ORIGIN_PARAMETER];
  const found = await new SSMClient().send(new GetParametersCommand({ Names, WithDecryption: true }));
  if (found.Parameters.length !== Names.length) throw new Error('parameters are missing');
  const dynamodb = new DynamoDBClient();
  return async (event) => {
    const body = event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString() : event.body;
    const fields = new URLSearchParams(body);
    const phone = phoneOf(fields.get('phone') ?? '');
    if (!phone) return { statusCode: 422, headers: {}, body: '' };
    const item = { id: randomBytes(16).toString('hex'), phone };
    for (const name of ['topic', 'details', 'name', 'email']) item[name] = fields.get(name) ?? '';
    await dynamodb.send(new PutItemCommand({
      TableName: process.env.BENCH_TABLE,
      Item: Object.fromEntries(Object.entries(item).map(([name, text]) => [name, { S: text }])),
      ConditionExpression: 'attribute_not_exists(id)',
    }));
    return { statusCode: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: page(item) };
  };
}

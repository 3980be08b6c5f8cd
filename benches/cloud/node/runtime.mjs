// What Lambda's Node runtime does: loads the handler, then one event after the other.
import { Agent, request } from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function call(method, route, body) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request({ host, port, agent, method, path: `/2018-06-01/runtime${route}`, headers }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => resolve({ headers: answer.headers, text: Buffer.concat(parts).toString() }));
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const report = (error) => JSON.stringify({ errorType: error.name, errorMessage: error.message });

let handler;
try {
  ({ handler } = await import(pathToFileURL(path.resolve(import.meta.dirname, process.argv[2]))));
} catch (error) {
  console.error(error);
  await call('POST', '/init/error', report(error));
  process.exit(1);
}
for (;;) {
  const { headers, text } = await call('GET', '/invocation/next');
  const route = `/invocation/${headers['lambda-runtime-aws-request-id']}`;
  try {
    await call('POST', `${route}/response`, JSON.stringify(await handler(JSON.parse(text))));
  } catch (error) {
    console.error(error);
    await call('POST', `${route}/error`, report(error));
  }
}

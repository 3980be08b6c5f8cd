// What is measured: how each function is started, what it is asked, and whether its answer is right.
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { toEvent } from '../../tests/cloud/api-gateway.mjs';

const here = import.meta.dirname;
const answered = (status) => ({ payload }) => payload?.statusCode === status;

/** The event that API Gateway makes of a form. */
export function formEvent(address, fields, originSecret) {
  const body = Buffer.from(new URLSearchParams(fields).toString());
  const headers = {
    host: 'help.library.example',
    'content-type': 'application/x-www-form-urlencoded',
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    'sec-fetch-site': 'same-origin',
    accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'accept-language': 'en-US,en;q=0.5',
    'accept-encoding': 'gzip',
    'x-origin-secret': originSecret,
    'x-viewer-ip': '192.0.2.1',
  };
  return toEvent({
    method: 'POST', url: address, headers, rawHeaders: Object.entries(headers).flat(), body, sourceIp: '192.0.2.1',
  }, { routes: ['ANY /desk/{proxy+}'], domainName: 'desk123456.execute-api.us-west-2.amazonaws.com' });
}

/** Forms of different patrons, as they come to a desk. */
export function patron(number) {
  return {
    topic: 'catalog',
    details: 'How do I find large print in Vietnamese?',
    name: 'Bà Nguyễn',
    phone: `360-${555 + Math.floor(number / 10_000)}-${String(number % 10_000).padStart(4, '0')}`,
    email: `patron${number}@mail.example`,
  };
}

/** The hidden fields of a check page: what its *Send* sends. */
export function hiddenFields({ payload }) {
  const bytes = Buffer.from(payload.body, payload.isBase64Encoded ? 'base64' : 'utf8');
  const html = (payload.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
  const fields = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)].map(([, name, value]) => [
    name, value.replace(/&#x([0-9a-f]+);/gi, (_, code) => String.fromCodePoint(parseInt(code, 16))).replace(/&quot;/g, '"').replace(/&amp;/g, '&'),
  ]);
  if (!fields.some(([name]) => name === 'token')) throw new Error(`no check page:\n${html.slice(0, 2000)}`);
  return fields;
}

/**
 * The kinds: `{ label, binary, args, environment, event(number), right(result) }`. `checked` holds the
 * fields of check pages, one for each send.
 */
export function makeKinds({ binaries, bare, python, bundled, stackEnvironment, place, certificates, peers, checked, originSecret, plain }) {
  const trust = { SSL_CERT_FILE: certificates.bundle };
  const check = {
    event: (number) => formEvent('/desk/en/check', patron(number), originSecret),
    right: answered(200),
  };
  const send = {
    event: () => formEvent('/desk/en/send', checked.shift(), originSecret),
    right: answered(303),
  };
  const desk = { binary: path.join(binaries, 'desk'), environment: { ...place, ...trust, ...stackEnvironment } };
  const put = { binary: path.join(bare, 'put'), environment: { ...place, ...trust, ...peers }, event: check.event, right: answered(200) };
  const node = (label, file) => ({
    label, binary: process.execPath, args: [path.join(here, 'node/runtime.mjs'), file], event: check.event, right: answered(200),
    environment: { ...place, ...peers, NODE_EXTRA_CA_CERTS: certificates.ca, LAMBDA_TASK_ROOT: path.join(here, 'node') },
  });
  const oneCa = { SSL_CERT_FILE: certificates.ca };
  return {
    hello: { label: 'bare Rust, hello', binary: path.join(bare, 'hello'), environment: place, event: check.event, right: answered(200) },
    put: { label: 'bare Rust, one put', ...put },
    check: { label: 'ours, a check page', ...desk, ...check },
    send: { label: 'ours, a request stored', ...desk, ...send },
    node: node('Node 20, one put', 'handler.mjs'),
    phone: node('Node 20, libphonenumber-js', 'handler-libphonenumber.mjs'),
    bundled: node('Node 20, one file by esbuild', bundled),
    python: {
      label: 'Python 3.11, one put', binary: python, args: [path.join(here, 'python/runtime.py')], event: check.event, right: answered(200),
      environment: {
        ...place, ...peers, AWS_CA_BUNDLE: certificates.bundle, REQUESTS_CA_BUNDLE: certificates.bundle,
        // The folder of a function's own code can't be written.
        PYTHONDONTWRITEBYTECODE: '1',
      },
    },
    putOneCa: { label: 'bare Rust, one put; trusts one CA', ...put, environment: { ...put.environment, ...oneCa } },
    checkOneCa: { label: 'ours, a check page; trusts one CA', ...desk, ...check, environment: { ...desk.environment, ...oneCa } },
    sendOneCa: { label: 'ours, a request stored; trusts one CA', ...desk, ...send, environment: { ...desk.environment, ...oneCa } },
    putPlain: { label: 'bare Rust, one put; without TLS', ...put, environment: { ...put.environment, ...plain } },
    checkPlain: { label: 'ours, a check page; without TLS', ...desk, ...check, environment: { ...desk.environment, ...plain } },
    // Where no file is named, rustls reads the system's file, then the folder of the same certificates.
    checkFolder: {
      label: 'ours, a check page; without TLS, no file of CAs named', ...desk, ...check,
      environment: { ...desk.environment, ...plain, SSL_CERT_FILE: undefined },
    },
    sendPlain: { label: 'ours, a request stored; without TLS', ...desk, ...send, environment: { ...desk.environment, ...plain } },
  };
}

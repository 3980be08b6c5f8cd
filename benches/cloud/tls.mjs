// A TLS end point before the emulator, with a certificate of its own CA, as AWS's have: it passes
// bytes on and notes when which call went by. All that are measured go through it.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { createServer } from 'node:tls';
import { promisify } from 'node:util';
import { listen } from '../../tests/cloud/child.mjs';

const run = promisify(execFile);

/** Where systems keep the CAs that they trust: Debian, Amazon Linux. */
const systemBundles = ['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt'];

/**
 * Makes a CA and a certificate for 127.0.0.1: `{ key, cert, ca, bundle }`. `ca` is a file with our CA
 * alone, `bundle` one with the system's before it: what a function on AWS reads is as long.
 */
export async function makeCertificates(folder) {
  const file = (name) => path.join(folder, name);
  const openssl = (...args) => run('openssl', args);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-sha256', '-days', '2'];
  await openssl('req', '-x509', ...key, '-keyout', file('ca.key'), '-out', file('ca.pem'), '-subj', '/CN=Bench CA',
    '-addext', 'keyUsage=critical,keyCertSign');
  await writeFile(file('own.cnf'), 'subjectAltName=IP:127.0.0.1\nbasicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\n');
  await openssl('req', '-new', ...key.slice(0, 6), '-keyout', file('own.key'), '-out', file('own.csr'), '-subj', '/CN=127.0.0.1');
  await openssl('x509', '-req', '-in', file('own.csr'), '-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial',
    '-days', '2', '-sha256', '-extfile', file('own.cnf'), '-out', file('own.pem'));
  const ca = await readFile(file('ca.pem'), 'utf8');
  let system;
  for (const bundle of systemBundles) system ??= await readFile(bundle, 'utf8').catch(() => undefined);
  if (!system) throw new Error(`no CAs of the system at ${systemBundles.join(' or ')}: apt-get install ca-certificates`);
  await writeFile(file('bundle.pem'), system + ca);
  return {
    key: await readFile(file('own.key')),
    cert: await readFile(file('own.pem')),
    ca: file('ca.pem'),
    bundle: file('bundle.pem'),
    trusted: system.split('BEGIN CERTIFICATE').length,
  };
}

/** Starts one for each service, as each has an address of its own in AWS: `{ environment, take, close }`. */
export async function startTls({ upstream, services, key, cert }) {
  const { hostname, port } = new URL(upstream);
  let trace = { connected: [], secured: [], calls: [] };
  const sockets = new Set();
  const kept = (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const start = () => createServer({ key, cert, noDelay: true, ALPNProtocols: ['http/1.1'] }, (client) => {
    trace.secured.push(performance.now());
    const emulator = kept(connect({ host: hostname, port: Number(port), noDelay: true }));
    const both = () => {
      client.destroy();
      emulator.destroy();
    };
    client.on('error', both);
    emulator.on('error', both);
    let call;
    client.on('data', (bytes) => {
      // The first bytes after an answer are a new call's.
      if (!call || call.to) {
        const [, action] = /x-amz-target: *[^.]*\.(\w+)/i.exec(bytes.toString('latin1')) ?? [];
        call = { action, from: performance.now() };
        trace.calls.push(call);
      }
      emulator.write(bytes);
    });
    emulator.on('data', (bytes) => {
      if (call) call.to = performance.now();
      client.write(bytes);
    });
    client.once('end', () => emulator.end());
    emulator.once('end', () => client.end());
  });
  const servers = new Map(services.map((service) => [service, start()]));
  const urls = new Map();
  for (const [service, server] of servers) {
    server.on('connection', (socket) => {
      kept(socket);
      trace.connected.push(performance.now());
    });
    // A killed function leaves handshakes unfinished.
    server.on('tlsClientError', () => {});
    urls.set(service, `https://127.0.0.1:${await listen(server)}`);
  }
  const environmentOf = (url) => Object.fromEntries(services.map((service) => [`AWS_ENDPOINT_URL_${service}`, url(service)]));
  return {
    environment: environmentOf((service) => urls.get(service)),
    environmentOf,
    /** What went by since the last time. */
    take: () => {
      const taken = trace;
      trace = { connected: [], secured: [], calls: [] };
      return taken;
    },
    close: async () => {
      const closed = [...servers.values()].map((server) => once(server, 'close'));
      for (const server of servers.values()) server.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

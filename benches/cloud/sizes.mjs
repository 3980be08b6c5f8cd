// How large the functions are, and their archives: `bootstrap` and `bundle.json`, as they are deployed.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';

/** Of an archive's own, for each file: two headers with the name, and the end record. */
const HEADERS = 200;

const packed = (bytes) => deflateRawSync(bytes, { level: 9 }).length + HEADERS;

/** `{ name: { binary, zip } }` in bytes. */
export function sizes({ binaries, bare, bundle }) {
  const text = readFileSync(bundle);
  const found = { 'bundle.json': { binary: text.length, zip: packed(text) } };
  for (const name of ['desk', 'deliver', 'sweep']) {
    const bytes = readFileSync(path.join(binaries, name));
    found[name] = { binary: bytes.length, zip: packed(bytes) + packed(text) };
  }
  for (const name of ['hello', 'put']) {
    const bytes = readFileSync(path.join(bare, name));
    found[`bare ${name}`] = { binary: bytes.length, zip: packed(bytes) };
  }
  return found;
}

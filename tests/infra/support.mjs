// What the tests of this folder share: the template's place, parameters, and requests as they stand on the wire.
import { request as httpRequest } from 'node:http';
import { fileURLToPath } from 'node:url';

export const templatePath = fileURLToPath(new URL('../../infra/aws/template.yaml', import.meta.url));

export const parameters = {
  DomainName: 'help.library.example',
  CertificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/00000000-0000-0000-0000-000000000000',
  CodeBucket: 'code',
  DeskCodeKey: 'desk-0.zip',
  DeliverCodeKey: 'deliver-0.zip',
  SweepCodeKey: 'sweep-0.zip',
  SenderDomain: 'library.example',
  AlarmEmail: 'web@library.example',
};

/** While it is rotated: CloudFront sends the first of the two. */
export const ssm = { '/book-a-librarian/origin': 'new-secret,old-secret' };

/** `{ status, headers, body }`. The path goes out as it is: `fetch` would tidy it. */
export function send(origin, path, { method = 'GET', headers = {}, body } = {}) {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const asked = httpRequest({ hostname, port, method, path, headers, agent: false }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) }));
      answer.on('error', reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

// Mails that SES took. The emulator keeps neither headers nor tags, so we keep what was sent to it.

/** What SES refuses and the emulator takes: `{ status, name, message }`, or undefined. */
export function complaint(body, configurationSets) {
  const set = body.ConfigurationSetName;
  if (set !== undefined && !configurationSets.has(set)) {
    return { status: 404, name: 'NotFoundException', message: `Configuration set <${set}> does not exist.` };
  }
  for (const { Name = '', Value = '' } of body.EmailTags ?? []) {
    if (!/^[A-Za-z0-9_-]{1,256}$/.test(Name) || !/^[A-Za-z0-9_.@-]{1,256}$/.test(Value)) {
      return { status: 400, name: 'BadRequestException', message: `Invalid tag <${Name}: ${Value}>` };
    }
  }
  const raw = body.Content?.Raw?.Data;
  if (raw && Buffer.from(raw, 'base64').length > 40 * 1024 * 1024) {
    return { status: 400, name: 'MessageRejected', message: 'Message length is more than 41943040 bytes long' };
  }
  return undefined;
}

/** The headers of a raw mail by lower-cased name, unfolded; encoded words stay as they are. */
export function headersOf(raw) {
  const [head] = raw.split(/\r?\n\r?\n/, 1);
  const headers = {};
  for (const line of head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] ??= line.slice(colon + 1).trim();
  }
  return headers;
}

/** `=?utf-8?B?…?=` and `=?utf-8?Q?…?=` as text. */
export function decodeWords(text) {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/(?:=\?[\w-]+\?[BbQq]\?[^?]*\?=)+/g, (run) => {
      const parts = [...run.matchAll(/=\?([\w-]+)\?([BbQq])\?([^?]*)\?=/g)].map(([, charset, kind, data]) => ({
        charset,
        bytes: kind.toUpperCase() === 'B'
          ? Buffer.from(data, 'base64')
          : Buffer.from(
              data.replaceAll('_', ' ').replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
              'latin1',
            ),
      }));
      // A letter may be cut in two by two words, so the bytes are joined first.
      return new TextDecoder(parts[0].charset).decode(Buffer.concat(parts.map((part) => part.bytes)));
    });
}

/** One mail as tests read it, from a SendEmail that succeeded. */
export function readMail({ body, messageId, by }) {
  const raw = Buffer.from(body.Content?.Raw?.Data ?? '', 'base64').toString();
  const headers = headersOf(raw);
  return {
    to: body.Destination?.ToAddresses?.join(', ') ?? headers.to,
    subject: decodeWords(headers.subject ?? ''),
    notice: headers['notice-id'],
    messageId,
    by,
    from: body.FromEmailAddress ?? headers.from,
    tags: Object.fromEntries((body.EmailTags ?? []).map(({ Name, Value }) => [Name, Value])),
    configurationSet: body.ConfigurationSetName,
    headers,
    raw,
  };
}

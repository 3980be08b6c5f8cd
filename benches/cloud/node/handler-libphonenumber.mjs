// The number is read by the library that one would take.
import { parsePhoneNumber } from 'libphonenumber-js/min';
import { start } from './work.mjs';

export const handler = await start((text) => {
  const number = parsePhoneNumber(text, 'US');
  return number?.isValid() ? number.number : undefined;
});

// The number is read by a small expression, as the Python and the bare Rust function do.
import { start } from './work.mjs';

const shape = /^\D*1?\D*([2-9]\d\d)\D*([2-9]\d\d)\D*(\d{4})\D*$/;

export const handler = await start((text) => {
  const match = shape.exec(text);
  return match && `+1${match[1]}${match[2]}${match[3]}`;
});

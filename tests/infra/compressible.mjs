// What CloudFront compresses: by its developer guide, "Serving compressed files".

const types = new Set(`
  application/dash+xml application/eot application/font application/font-sfnt application/javascript application/json
  application/opentype application/otf application/pdf application/pkcs7-mime application/protobuf application/rss+xml
  application/truetype application/ttf application/vnd.apple.mpegurl application/vnd.mapbox-vector-tile
  application/vnd.ms-fontobject application/wasm application/xhtml+xml application/xml application/x-font-opentype
  application/x-font-truetype application/x-font-ttf application/x-httpd-cgi application/x-javascript
  application/x-mpegurl application/x-opentype application/x-otf application/x-perl application/x-ttf font/eot
  font/opentype font/otf font/ttf image/svg+xml text/css text/csv text/html text/javascript text/js text/plain
  text/richtext text/tab-separated-values text/xml text/x-component text/x-java-source text/x-script
  vnd.apple.mpegurl
`.trim().split(/\s+/));

/** Whether an origin's answer is compressed for a visitor who takes it. Its length must stand in its head. */
export function compressible({ status, headers }) {
  const size = Number(headers['content-length']);
  const type = (headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
  return [200, 403, 404].includes(status) && types.has(type) && !headers['content-encoding'] && size >= 1_000 && size <= 10_000_000;
}

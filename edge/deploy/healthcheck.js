// Ends with 0 where the edge of this container can answer frames. Plain JavaScript, so that it starts in a
// moment.
import process from 'node:process'

const scheme = process.env.CACHENET_HTTPS === 'true' || process.env.CACHENET_TLS_CERT ? 'https' : 'http'
// The certificate is for the names that phones use; this is the container asking itself.
if (scheme === 'https') process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
const answer = await globalThis
  .fetch(`${scheme}://127.0.0.1:${process.env.CACHENET_PORT ?? '8787'}/readyz`)
  .catch(() => undefined)
process.exit(answer?.ok ? 0 : 1)

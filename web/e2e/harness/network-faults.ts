import type { ServerResponse } from 'node:http'

/** Answers a request that went well in a way in which it should not have been answered. */
export type Spoil = (
  body: Buffer,
  headers: Record<string, string>,
  response: ServerResponse,
) => Promise<void> | undefined

const withLength = (headers: Record<string, string>, body: Buffer): Record<string, string> => ({
  ...headers,
  'content-length': String(body.byteLength),
})

/** The connection breaks after so much of the body. */
const cut =
  (share: number, bytes = 0): Spoil =>
  (body, headers, response) => {
    response.writeHead(200, withLength(headers, body))
    response.flushHeaders()
    const sent = body.subarray(0, Math.min(body.byteLength - 1, Math.floor(body.byteLength * share) + bytes))
    if (sent.byteLength === 0) response.destroy()
    else response.write(sent, () => response.destroy())
  }

/** One bit is another, everything else as it should be: length, type and ETag. */
const altered =
  (share: number): Spoil =>
  (body, headers, response) => {
    const wrong = Buffer.from(body)
    const at = Math.min(wrong.byteLength - 1, Math.floor(wrong.byteLength * share))
    wrong[at] = (wrong[at] ?? 0) ^ 1
    response.writeHead(200, withLength(headers, wrong))
    response.end(wrong)
  }

/** The body ends early, and says that this is all. */
const short =
  (share: number): Spoil =>
  (body, headers, response) => {
    const piece = body.subarray(0, Math.floor(body.byteLength * share))
    response.writeHead(200, withLength(headers, piece))
    response.end(piece)
  }

export const loginPath = '/login-of-a-hotel'
export const loginPage =
  '<!doctype html><html><title>Welcome</title><body><form>Room number</form></body></html>'

const replaced =
  (status: number, body: string | Buffer, type = 'text/html; charset=utf-8'): Spoil =>
  (_body, headers, response) => {
    const keepsHeaders = status === 304 || status === 204 || status === 206
    const { 'content-length': _length, ...kept } = headers
    response.writeHead(status, {
      ...(keepsHeaders ? kept : { 'content-type': type }),
      ...(status === 206 && { 'content-range': 'bytes 0-0/1' }),
    })
    response.end(status === 204 || status === 304 ? undefined : body)
  }

const endlessBytes = 60_000_000

/** 60 MB where kilobytes belong, as fast as they are taken. */
const oversized: Spoil = async (_body, { 'content-length': _length, ...headers }, response) => {
  response.writeHead(200, headers)
  const piece = Buffer.alloc(2 ** 18, 0x20)
  for (let sent = 0; sent < endlessBytes && !response.destroyed; sent += piece.byteLength) {
    if (!response.write(piece)) {
      await new Promise<void>((resolve) => {
        const go = (): void => {
          response.off('drain', go).off('close', go)
          resolve()
        }
        response.on('drain', go).on('close', go)
      })
    }
  }
  response.end()
}

/** Every way in which an answer goes wrong, by name. */
export const networkFaults = {
  'cut before the body': cut(0),
  'cut after a byte': cut(0, 1),
  'cut in the middle': cut(0.5),
  'cut before the last byte': cut(1),
  'short by half': short(0.5),
  empty: short(0),
  'a bit altered at the beginning': altered(0),
  'a bit altered in the middle': altered(0.5),
  'a bit altered at the end': altered(1),
  'a web page with 200': replaced(200, loginPage),
  'a web page with 503': replaced(503, loginPage),
  'nothing with 204': replaced(204, ''),
  'a part with 206': replaced(206, 'x'),
  'a 304 that nobody asked for': replaced(304, ''),
  'a redirect to a login': (_body, _headers, response) => {
    response.writeHead(302, { location: loginPath })
    response.end()
  },
  'never answered': () => undefined,
  'stalled in the middle': (body, headers, response) => {
    response.writeHead(200, withLength(headers, body))
    response.write(body.subarray(0, body.byteLength >> 1))
  },
  '60 MB': oversized,
} as const satisfies Record<string, Spoil>

export type NetworkFault = keyof typeof networkFaults

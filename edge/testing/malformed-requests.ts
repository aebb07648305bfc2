import type { Random } from '../../core/random.ts'
import {
  apiPaths,
  auditHeader,
  hitsHeader,
  holdsHeader,
  imageFrameTypes,
  manifestHeader,
  rawFrameType,
} from '../../core/wire/frames.ts'
import type { RawRequest } from './raw-exchange.ts'

export interface MalformedRequest extends RawRequest {
  readonly kind: MalformedKind
  /** More would mean that what one side takes for a body the other takes for a request. */
  readonly mostAnswers?: number | undefined
}

export interface MalformedTarget {
  readonly bundle: string
  /** Bytes of a frame as the bundle's networks take it. */
  readonly frameBytes: number
}

const crlf = '\r\n'
const host = `Host: localhost${crlf}`
const close = `Connection: close${crlf}`

const odd = [
  '',
  ' ',
  '\0',
  '\t',
  '"',
  '\\',
  '%',
  '%00',
  '%zz',
  '%c0%af',
  'ü',
  '😀',
  '<script>',
  '{{7*7}}',
  '$(id)',
  "' or 1=1--",
  '\u2028',
  '__proto__',
  'constructor',
  '-1',
  '1e999',
  '0x10',
  'NaN',
]

/** Anything that one would not expect, a few characters or very many. */
function oddText(random: Random): string {
  const parts = Array.from({ length: 1 + random.integer(4) }, () => random.pick(odd))
  return random.integer(12) === 0
    ? parts.join('').padEnd(random.pick([300, 5_000, 20_000]), 'x')
    : parts.join('')
}

const randomBytes = (random: Random, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => random.integer(256)))

/** A body under its head, with the length that is right unless the head says otherwise. */
const post = (path: string, headers: string, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1${crlf}${host}${close}${headers}${crlf}`), body])

const beginnings: readonly (readonly number[])[] = [
  [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10],
  [0xff, 0xd8, 0xff, 0xe0],
  [...Buffer.from('RIFF\0\0\0\0WEBPVP8 ')],
  [...Buffer.from('GIF89a')],
  [],
]
const paths = (bundle: string): string[] => [
  apiPaths.bundles,
  apiPaths.manifest(bundle),
  apiPaths.frames(bundle),
  apiPaths.blob(bundle, '0'.repeat(64)),
  apiPaths.session,
  '/',
  '/healthz',
  '/readyz',
  '/metrics',
  '/sw.js',
]

type Draw = (random: Random, target: MalformedTarget) => Omit<MalformedRequest, 'kind'>

const smuggled = `GET /healthz HTTP/1.1${crlf}Host: smuggled${crlf}${crlf}`
const frameType = `Content-Type: ${rawFrameType}${crlf}`

const draws = {
  smuggling(random, { bundle }) {
    const lengths = [
      `Content-Length: 4${crlf}Transfer-Encoding: chunked${crlf}`,
      `Transfer-Encoding: chunked${crlf}Content-Length: 4${crlf}`,
      `Content-Length: 4${crlf}Content-Length: 40${crlf}`,
      `Content-Length: 4, 40${crlf}`,
      `Content-Length: +4${crlf}`,
      `Content-Length: 0x4${crlf}`,
      `Content-Length : 4${crlf}`,
      `Content-Length: 4${crlf}Transfer-Encoding : chunked${crlf}`,
      `Transfer-Encoding: xchunked${crlf}Content-Length: 4${crlf}`,
      `Transfer-Encoding: chunked, identity${crlf}`,
      `Transfer-Encoding:\x0bchunked${crlf}Content-Length: 4${crlf}`,
      `Transfer-Encoding: identity${crlf}Content-Length: 4${crlf}`,
      `Content-Length: 4${crlf} Transfer-Encoding: chunked${crlf}`,
      `X: y\nTransfer-Encoding: chunked${crlf}Content-Length: 4${crlf}`,
      `Content-Length: 99999999999999999999999${crlf}`,
    ]
    const keepAlive = Buffer.from(
      `POST ${apiPaths.frames(bundle)} HTTP/1.1${crlf}${host}${frameType}${random.pick(lengths)}${crlf}0${crlf}${crlf}${smuggled}`,
    )
    return { bytes: keepAlive, mostAnswers: 1 }
  },
  host(random, { bundle }) {
    const hosts = [
      'evil.example.org',
      'a b',
      '[::1',
      'a@b',
      'localhost:99999',
      '127.0.0.1:0',
      '\x7f',
      'a,b',
      '..',
      'xn--',
      'a.1',
      '1.2.3',
      '256.256.256.256',
      'a.0x1',
      '[::g]',
      '[fe80::1%25x]',
      'a/b',
      'a?b',
      'a#b',
      oddText(random),
    ]
    const lines = random.pick([
      `Host: ${random.pick(hosts)}${crlf}`,
      '',
      `${host}Host: ${random.pick(hosts)}${crlf}`,
      `Host${crlf}`,
      `Host: ${random.pick(hosts)}${crlf}X-Forwarded-Host: ${random.pick(hosts)}${crlf}`,
    ])
    const target = random.pick([
      random.pick(paths(bundle)),
      `http://${random.pick(hosts)}${random.pick(paths(bundle))}`,
      '*',
      '//',
      '//evil.example.org/',
      'evil.example.org:443',
      '',
    ])
    return { bytes: Buffer.from(`GET ${target} HTTP/1.1${crlf}${lines}${close}${crlf}`) }
  },
  chunking(random, { bundle }) {
    const pieces = [
      'zz',
      '-5',
      'ffffffffffffffffff',
      '5;ext=' + 'x'.repeat(random.pick([10, 20_000])),
      '5',
      '0x5',
      ' 5',
      '5 ',
      '\n',
      '0',
    ]
    const body = Array.from(
      { length: 1 + random.integer(4) },
      () =>
        `${random.pick(pieces)}${random.pick([crlf, '\n', '\r', ''])}${random.pick(['abcde', '', 'abc'])}${random.pick([crlf, '\n', ''])}`,
    ).join('')
    const trailer = random.pick([
      '',
      `0${crlf}Content-Length: 5${crlf}${crlf}`,
      `0${crlf}${oddText(random)}${crlf}${crlf}`,
    ])
    return {
      bytes: post(
        apiPaths.frames(bundle),
        `${frameType}Transfer-Encoding: chunked${crlf}`,
        Buffer.from(body + trailer),
      ),
    }
  },
  headers(random, { bundle }) {
    const names = [
      'Cookie',
      'Authorization',
      'X-Forwarded-For',
      'X-Forwarded-Proto',
      'Forwarded',
      'Range',
      'If-None-Match',
      'If-Match',
      'If-Modified-Since',
      'Accept',
      'Accept-Encoding',
      'Content-Encoding',
      'Content-Type',
      'Origin',
      'X-Request-Id',
      'Upgrade',
      'TE',
      'Trailer',
      holdsHeader,
      auditHeader,
      hitsHeader,
      manifestHeader,
      oddText(random),
    ]
    const many =
      random.integer(10) === 0
        ? Array.from(
            { length: random.pick([200, 1_500, 3_000]) },
            (_, index) => `X-${index}: ${index}${crlf}`,
          ).join('')
        : ''
    const lines = Array.from(
      { length: 1 + random.integer(5) },
      () =>
        `${random.pick(names)}${random.pick([': ', ':', ' : ', ''])}${oddText(random)}${random.pick([crlf, crlf, crlf, '\n', '\r'])}`,
    ).join('')
    return {
      bytes: Buffer.from(
        `${random.pick(['GET', 'GET', 'HEAD', 'POST', 'DELETE'])} ${random.pick(paths(bundle))} HTTP/1.1${crlf}${host}${close}${many}${lines}${crlf}`,
      ),
    }
  },
  body(random, { bundle, frameBytes }) {
    const image = Buffer.concat([
      Buffer.from(random.pick(beginnings)),
      randomBytes(random, random.integer(400)),
    ])
    const json = Buffer.from(
      random.pick([
        '{',
        '[]',
        'null',
        '{"token":',
        '{"__proto__":{"a":1}}',
        '['.repeat(5_000),
        oddText(random),
      ]),
    )
    const body = random.pick([
      image,
      json,
      Buffer.alloc(Math.max(0, frameBytes + random.integer(5) - 2)),
      Buffer.alloc(0),
      randomBytes(random, frameBytes),
    ])
    const type = random.pick([
      rawFrameType,
      ...imageFrameTypes,
      'application/json',
      'multipart/form-data; boundary=',
      oddText(random),
    ])
    const length = random.pick([
      body.length,
      body.length,
      body.length,
      body.length + 1 + random.integer(500),
      Math.max(0, body.length - 1),
      99_999_999,
    ])
    return {
      bytes: post(
        random.pick([apiPaths.frames(bundle), apiPaths.session]),
        `Content-Type: ${type}${crlf}Content-Length: ${length}${crlf}`,
        body,
      ),
      isCut: random.integer(6) === 0,
    }
  },
  path(random, { bundle }) {
    const steps = [
      '..',
      '%2e%2e',
      '%252e%252e',
      '..%2f',
      '..\\',
      '....//',
      '.',
      '%00',
      '%',
      'etc/passwd',
      bundle,
      'blobs',
      'frames',
      'manifest',
      'api',
      'v1',
      oddText(random),
    ]
    const tail = Array.from({ length: 1 + random.integer(6) }, () => random.pick(steps)).join(
      random.pick(['/', '/', '\\', '%2f', '%5c']),
    )
    const prefix = random.pick([
      '/',
      '',
      '/api/v1/bundles/',
      `/api/v1/bundles/${bundle}/`,
      `/api/v1/bundles/${bundle}/blobs/`,
      '/assets/',
      '//',
    ])
    return {
      bytes: Buffer.from(
        `${random.pick(['GET', 'GET', 'HEAD', 'POST'])} ${prefix}${tail}${random.pick(['', '?', '?a=%', '#x', ';a'])} HTTP/1.1${crlf}${host}${close}${crlf}`,
      ),
    }
  },
  version(random, { bundle }) {
    const version = random.pick([
      'HTTP/1.0',
      'HTTP/1.0',
      'HTTP/0.9',
      'HTTP/1.2',
      'HTTP/2.0',
      'HTTP/9.9',
      'HTTP/1',
      'http/1.1',
      'HTTPS/1.1',
      '',
      'RTSP/1.0',
    ])
    const begin = random.pick([
      `GET ${random.pick(paths(bundle))} ${version}`,
      'PRI * HTTP/2.0',
      `GET  ${random.pick(paths(bundle))}  ${version}`,
      `GET ${random.pick(paths(bundle))}`,
    ])
    return {
      bytes: Buffer.from(
        `${begin}${random.pick([crlf, crlf, '\n', '\r'])}${random.pick([host, ''])}${random.pick([close, ''])}${crlf}`,
      ),
    }
  },
  expect(random, { bundle, frameBytes }) {
    const wish = random.pick([
      '100-continue',
      '100-Continue',
      '200-ok',
      'wonders',
      '100-continue, wonders',
      oddText(random),
    ])
    const body = Buffer.alloc(random.pick([frameBytes, 0, 3]))
    return {
      bytes: post(
        apiPaths.frames(bundle),
        `${frameType}Expect: ${wish}${crlf}Content-Length: ${random.pick([body.length, frameBytes])}${crlf}`,
        body,
      ),
    }
  },
  method(random, { bundle }) {
    const method = random.pick([
      'TRACE',
      'OPTIONS',
      'CONNECT',
      'PATCH',
      'PUT',
      'DELETE',
      'PROPFIND',
      'get',
      'G ET',
      'GETT',
      '',
      'SOURCE',
      'M-SEARCH',
      oddText(random),
    ])
    const target = random.pick([...paths(bundle), 'localhost:443', '*'])
    const extra = random.pick([
      '',
      `Connection: Upgrade${crlf}Upgrade: websocket${crlf}`,
      `Upgrade: h2c${crlf}HTTP2-Settings: AAMAAABkAAQ${crlf}`,
      `Origin: https://evil.example.org${crlf}Access-Control-Request-Method: PUT${crlf}`,
    ])
    return { bytes: Buffer.from(`${method} ${target} HTTP/1.1${crlf}${host}${close}${extra}${crlf}`) }
  },
  noise(random) {
    const tls = Buffer.concat([Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]), randomBytes(random, 64)])
    return {
      bytes: random.pick([
        tls,
        randomBytes(random, 1 + random.integer(600)),
        Buffer.from(`${oddText(random)}${crlf}${crlf}`),
        Buffer.from('*1\r\n$4\r\nPING\r\n'),
        Buffer.from('SSH-2.0-x\r\n'),
      ]),
    }
  },
  altered(random, { bundle, frameBytes }) {
    let bytes = post(
      apiPaths.frames(bundle),
      `${frameType}Content-Length: ${frameBytes}${crlf}`,
      Buffer.alloc(frameBytes, 7),
    )
    for (let change = 0; change <= random.integer(4); change++) {
      // The head is where it hurts.
      const at = random.integer(Math.min(bytes.length, 200))
      const length = random.integer(20)
      bytes = random.pick([
        () => Buffer.concat([bytes.subarray(0, at), randomBytes(random, 1), bytes.subarray(at + 1)]),
        () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]),
        () => Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]),
        () => bytes.subarray(0, Math.max(1, random.integer(bytes.length))),
      ])()
    }
    return { bytes, isCut: random.integer(6) === 0 }
  },
} as const satisfies Record<string, Draw>

export type MalformedKind = keyof typeof draws
export const malformedKinds = Object.keys(draws) as MalformedKind[]

/**
 * One of a kind, drawn. Some are odd and still right: what matters is that none is answered with a fault of
 * the edge.
 */
export const drawMalformed = (
  kind: MalformedKind,
  random: Random,
  target: MalformedTarget,
): MalformedRequest => ({ kind, ...draws[kind](random, target) })

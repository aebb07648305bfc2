import { request, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { sha256Hex } from '../../core/bundle/hash.ts'
import { apiPaths } from '../../core/wire/frames.ts'
import type { RequestEntry } from '../deps.ts'
import { startEdge, type EdgeOptions, type RunningEdge } from '../start-edge.ts'
import { useSampleFolder } from '../testing/use-sample-folder.ts'
import { expectError } from '../testing/expect-error.ts'

const bundles = useSampleFolder()

const start = (options: Partial<EdgeOptions>): Promise<RunningEdge> =>
  startEdge({
    port: 0,
    host: '127.0.0.1',
    bundlesFolder: bundles.folder,
    pageFolder: join(bundles.folder, 'no-page'),
    engine: 'tfjs-wasm',
    threads: 1,
    ...options,
  })

// Most of these tests would be the start of their edge: who asks for the same shares one.
let plain: RunningEdge
let open: RunningEdge
let proxied: RunningEdge
const entries: RequestEntry[] = []

beforeAll(async () => {
  ;[plain, open, proxied] = await Promise.all([
    start({ onRequest: (entry) => void entries.push(entry) }),
    start({ access: { corsOrigins: ['https://app.test'] } }),
    start({ requestsPerSecond: 1, access: { trustedProxies: 1 } }),
  ])
})
afterAll(() => Promise.all([plain, open, proxied].map((edge) => edge.close())))

const blobPath = (): string => apiPaths.blob('sample', bundles.sample.manifest.generalist.whole.sha256)

/** All headers of an answer but those that differ from one answer to the next. */
async function headersOf(
  edge: RunningEdge,
  method: string,
  headers: Record<string, string> = {},
): Promise<{ status: number | undefined; headers: Record<string, unknown> }> {
  const asked = request(edge.origin + blobPath(), { method, headers })
  asked.end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  response.resume()
  expect(response.headers['x-request-id']).toMatch(/^[\w.-]{1,64}$/)
  const { date: _date, 'x-request-id': _id, ...rest } = response.headers
  return { status: response.statusCode, headers: rest }
}

it('sends the blob with the headers that the app gives it', async () => {
  const edge = plain
  // The app answers HEAD.
  expect(await headersOf(edge, 'GET')).toEqual(await headersOf(edge, 'HEAD'))
  const blob = await fetch(edge.origin + blobPath())
  expect(await sha256Hex(new Uint8Array(await blob.arrayBuffer()))).toBe(
    bundles.sample.manifest.generalist.whole.sha256,
  )
  expect(entries.map(({ method, path, status }) => [method, path, status])).toEqual(
    ['GET', 'HEAD', 'GET'].map((method) => [method, blobPath(), 200]),
  )
  expect(await (await fetch(`${edge.origin}/metrics`)).text()).toContain(
    'cachenet_requests_total{route="/api/v1/bundles/:bundle/blobs/:sha256.bin",method="GET",status="200"} 2',
  )
})

it('leaves to the app what is not plain', async () => {
  const edge = open
  const etag = `"${bundles.sample.manifest.generalist.whole.sha256}"`
  expect((await headersOf(edge, 'GET', { 'If-None-Match': etag })).status).toBe(304)
  expect((await headersOf(edge, 'GET', { Origin: 'https://app.test' })).headers).toMatchObject({
    'access-control-allow-origin': 'https://app.test',
    'cross-origin-resource-policy': 'cross-origin',
  })
  await expectError(await fetch(edge.origin + apiPaths.blob('sample', '0'.repeat(64))), 'blob-unknown')
  await expectError(await fetch(edge.origin + apiPaths.blob('nobody', '0'.repeat(64))), 'bundle-unknown')
})

it('says that it depends on the origin where others are let in, and leaves names of others to the app', async () => {
  const edge = open
  expect(await headersOf(edge, 'GET')).toEqual(await headersOf(edge, 'HEAD'))
  expect((await headersOf(edge, 'GET')).headers).toMatchObject({ vary: 'Origin' })
  expect((await headersOf(edge, 'GET', { Host: 'evil.example' })).status).toBe(421)
})

it('gives nothing to whoever lacks the token', async () => {
  const edge = await start({ access: { token: 'a-token-of-some-length' } })
  onTestFinished(() => edge.close())
  await expectError(await fetch(edge.origin + blobPath()), 'unauthorized')
  expect(
    (await headersOf(edge, 'GET', { Authorization: 'Bearer a-token-of-some-length' })).headers[
      'cache-control'
    ],
  ).toMatch(/^private/)
})

it('counts against the same rate as the rest of the API', async () => {
  const edge = proxied
  const ask = (path: string, address: string): Promise<Response> =>
    fetch(edge.origin + path, { headers: { 'X-Forwarded-For': address } })
  for (let turn = 0; turn < 5; turn++) {
    expect((await ask(blobPath(), '10.0.0.1')).status).toBe(200)
    expect((await ask(apiPaths.bundles, '10.0.0.1')).status).toBe(200)
  }
  const refused = await ask(blobPath(), '10.0.0.1')
  expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThanOrEqual(1)
  await expectError(refused, 'rate-limited')
  expect((await ask(blobPath(), '10.0.0.2')).status).toBe(200)
})

it('keeps the name that a trusted proxy gave a request', async () => {
  const headers = { 'X-Request-Id': 'from-proxy', 'X-Forwarded-For': '10.0.0.3' }
  const named = async (edge: RunningEdge): Promise<string | null> =>
    (await fetch(edge.origin + blobPath(), { headers })).headers.get('X-Request-Id')
  expect(await named(proxied)).toBe('from-proxy')
  expect(await named(plain)).not.toBe('from-proxy')
})

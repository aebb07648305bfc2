import fc from 'fast-check'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorBodySchema } from '../../core/wire/error-body.ts'
import { errorStatus } from '../../core/wire/errors.ts'
import {
  apiPaths,
  auditHeader,
  frameAnswerSchema,
  hitsHeader,
  holdsHeader,
  imageFrameTypes,
  rawFrameType,
} from '../../core/wire/frames.ts'
import { openTestApp, type OpenTestApp } from '../testing/test-app.ts'

// Whatever is sent: an answer that fits its schema, or a refusal of the 4xx kind with a stable code; never a
// 500.

const timeout = 180_000
const types = [rawFrameType, ...imageFrameTypes]

describe('POST frames, with anything', { timeout }, () => {
  let edge: OpenTestApp
  let images: { format: string; bytes: Uint8Array<ArrayBuffer> }[]

  beforeAll(async () => {
    edge = await openTestApp(() => ({
      frameLimits: { maxBodyBytes: 100_000, maxPixels: 1_000_000, bodyTimeoutMs: 2000 },
    }))
    const picture = sharp({ create: { width: 60, height: 40, channels: 4, background: '#48c' } }).composite([
      { input: { create: { width: 9, height: 31, channels: 3, background: '#fa3' } }, left: 5, top: 3 },
    ])
    images = await Promise.all(
      (['jpeg', 'png', 'webp'] as const).map(async (format) => ({
        format,
        bytes: new Uint8Array(await picture.clone().toFormat(format).toBuffer()),
      })),
    )
  }, timeout)

  afterAll(() => edge.close())

  const post = (body: BodyInit | null, headers: Record<string, string>, id = 'sample'): Promise<Response> =>
    Promise.resolve(
      edge.app.request(apiPaths.frames(id), {
        method: 'POST',
        headers,
        body,
        ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
      }),
    )

  /** The code of a refusal; undefined for an answer. */
  const outcome = async (response: Response): Promise<string | undefined> => {
    const body: unknown = await response.json()
    if (response.status === 200) {
      frameAnswerSchema.parse(body)
      return undefined
    }
    const { error } = errorBodySchema.parse(body)
    expect(response.status).toBe(errorStatus[error.code])
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.status).toBeLessThan(500)
    return error.code
  }

  const headerText = fc.oneof(
    fc.string({
      unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
      maxLength: 80,
    }),
    fc.constantFrom('0', '1', '-1', '1e3', 'p0=whole', 'p1=delta,p9=whole', '=,=,,'),
  )
  const anyHeaders = fc.record(
    {
      [holdsHeader]: headerText,
      [auditHeader]: headerText,
      [hitsHeader]: headerText,
      'Content-Encoding': headerText,
      'If-Match': headerText,
    },
    { requiredKeys: [] },
  )
  const anyType = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...types) },
    { weight: 1, arbitrary: headerText },
  )

  it('answers or refuses any bytes under any headers', () =>
    fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.uint8Array({ maxLength: 2000 }), fc.uint8Array({ minLength: 768, maxLength: 768 })),
        anyType,
        anyHeaders,
        async (bytes, type, headers) => {
          await outcome(await post(new Uint8Array(bytes), { ...headers, 'Content-Type': type }))
        },
      ),
      { numRuns: 300 },
    ))

  it('answers or refuses images that end early, have other bytes in the middle, or another name', () =>
    fc.assert(
      fc.asyncProperty(
        fc.nat(2),
        fc.constantFrom(...types),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), { maxLength: 8 }),
        async (which, type, kept, changes) => {
          const whole = images[which]?.bytes ?? new Uint8Array()
          const bytes = whole.slice(0, Math.round(whole.length * kept))
          for (const [place, value] of changes)
            if (bytes.length > 0) bytes[Math.floor(place * bytes.length)] = value
          await outcome(await post(bytes, { 'Content-Type': type }))
        },
      ),
      { numRuns: 200 },
    ))

  it('answers or refuses bodies that come in pieces, of any sizes, whatever length they announce', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(400), { maxLength: 6 }),
        fc.constantFrom(...types),
        async (sizes, type) => {
          const pieces = new ReadableStream<Uint8Array>({
            start(controller) {
              for (const size of sizes) controller.enqueue(new Uint8Array(size))
              controller.close()
            },
          })
          await outcome(await post(pieces, { 'Content-Type': type }))
        },
      ),
      { numRuns: 100 },
    ))

  it('refuses images that unfold to more pixels than it takes, before they do', async () => {
    const bomb = await sharp({ create: { width: 12_000, height: 12_000, channels: 3, background: '#000' } })
      .png({ compressionLevel: 9 })
      .toBuffer()
    expect(bomb.length).toBeGreaterThan(100_000)
    expect(await outcome(await post(new Uint8Array(bomb), { 'Content-Type': 'image/png' }))).toBe(
      'frame-too-large',
    )
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const small = await sharp({ create: { width: 1001, height: 1000, channels: 3, background: '#000' } })
        .toFormat(format)
        .toBuffer()
      expect(small.length).toBeLessThan(100_000)
      expect(await outcome(await post(new Uint8Array(small), { 'Content-Type': `image/${format}` }))).toBe(
        'frame-too-large',
      )
    }
  })

  it('refuses formats that hide behind an accepted name', async () => {
    const svg = new TextEncoder().encode(
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>',
    )
    const gif = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#000' } })
      .gif()
      .toBuffer()
    const tiff = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#000' } })
      .tiff()
      .toBuffer()
    for (const body of [svg, new Uint8Array(gif), new Uint8Array(tiff)]) {
      for (const type of imageFrameTypes)
        expect(await outcome(await post(body, { 'Content-Type': type }))).toBe('frame-not-an-image')
    }
  })

  it('answers a good frame after all of that', async () => {
    expect(await outcome(await post(new Uint8Array(768), { 'Content-Type': rawFrameType }))).toBeUndefined()
  })
})

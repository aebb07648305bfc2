import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { predictiveEntropy, softmax } from '../../core/gate/entropy.ts'
import { sha256Hex } from '../../core/bundle/hash.ts'
import { preprocess } from '../../core/image/preprocess.ts'
import { fullInputOf } from '../../core/bundle/manifest-networks.ts'
import { createSampleBundle, type SampleBundle } from '../../core/testing/sample-bundle.ts'
import { pytorchModel } from '../../onnx/testing/sample-models.ts'
import { writeBundle } from '../testing/bundle-folder.ts'
import { withBrought } from '../testing/brought-sample.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import {
  apiPaths,
  auditHeader,
  formatHolds,
  frameAnswerSchema,
  hitsHeader,
  holdsHeader,
  manifestHeader,
  rawFrameType,
  type FrameAnswer,
} from '../../core/wire/frames.ts'
import { partitionRef } from '../inference/compose-answer.ts'
import { randomRgb } from '../testing/engine-samples.ts'
import { expectError } from '../testing/expect-error.ts'
import { referenceOutput } from '../testing/reference-network.ts'
import { createTestApp, type TestApp } from '../testing/test-app.ts'

const send = async (
  { app }: TestApp,
  body: Uint8Array<ArrayBuffer> | undefined,
  type: string | undefined = rawFrameType,
  id = 'sample',
  headers: Record<string, string> = {},
): Promise<Response> =>
  app.request(apiPaths.frames(id), {
    method: 'POST',
    headers: { 'Content-Type': type, ...headers },
    ...(body === undefined ? {} : { body }),
  })

/** Checks an answer against networks worked out with plain loops. */
function expectTrue(answer: FrameAnswer, bundle: SampleBundle, rgb: Uint8Array): void {
  const { manifest } = bundle
  const { logits, codeLogits } = referenceOutput(bundle, preprocess(rgb, manifest.input), 1)
  const probabilities = softmax(logits, manifest.full.temperature)
  const code = softmax(codeLogits)
  const largest = (values: Float32Array): number => values.indexOf(Math.max(...values))
  for (const [ours, theirs] of [
    [answer.probabilities, probabilities],
    [answer.code, code],
  ] as const) {
    expect(ours).toHaveLength(theirs.length)
    for (const [index, value] of theirs.entries())
      expect(Math.abs((ours[index] ?? NaN) - value)).toBeLessThan(1e-4)
  }
  expect(answer.classIndex).toBe(largest(probabilities))
  expect(answer.label).toBe(manifest.classNames[answer.classIndex])
  expect(answer.entropyNats).toBeCloseTo(predictiveEntropy(probabilities), 3)
  const chosen = manifest.partitions[largest(code)]
  expect(answer.partition).toEqual(chosen === undefined ? undefined : partitionRef(chosen))
  expect(answer.answeredBy).toBe('full')
}

describe('a bundle whose full model somebody brought', () => {
  it('takes pictures of any size and bare pixels of the size that this model reads', async () => {
    const test = await createTestApp()
    const brought = await withBrought(await createSampleBundle({ id: 'brought', seed: 4 }), pytorchModel())
    await writeBundle(test.bundlesFolder, brought)
    await test.store.refresh()
    const side = fullInputOf(brought.manifest).width
    const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: '#20e010' } })
    const rgb = Uint8Array.from({ length: side * side * 3 }, (_, index) => [0x20, 0xe0, 0x10][index % 3] ?? 0)
    const answers = [
      await send(test, new Uint8Array(await picture.png().toBuffer()), 'image/png', 'brought'),
      await send(test, rgb, rawFrameType, 'brought'),
    ]
    for (const answer of answers) {
      expect(answer.status).toBe(200)
      const { classIndex, code, partition } = frameAnswerSchema.parse(await answer.json())
      // The model knows colours: its second output is green.
      expect(classIndex).toBe(1)
      expect(code).toHaveLength(brought.manifest.partitions.length)
      expect(partition?.id).toMatch(/^p\d$/)
    }
    const small = await send(test, rgb.slice(0, 16 * 16 * 3), rawFrameType, 'brought')
    await expectError(small, 'frame-size-wrong')
    const { licence } = brought.manifest.full
    expect((await test.app.request(apiPaths.blob('brought', licence?.sha256 ?? ''))).status).toBe(200)
  })
})

describe('POST frames', () => {
  it('names the manifest that it answers by, and refuses a frame of a device that holds another', async () => {
    const edge = await createTestApp()
    const { manifestHash, manifestEtag } = edge.store.get('sample')
    expect(manifestEtag).toBe(`"${manifestHash}"`)
    const rgb = randomRgb(edge.sample.manifest)
    for (const headers of [{}, { [manifestHeader]: manifestHash }]) {
      const response = await send(edge, rgb, rawFrameType, 'sample', headers)
      expect(response.status).toBe(200)
      expect(response.headers.get(manifestHeader)).toBe(manifestHash)
    }
    for (const held of [edge.store.get('own').manifestHash, '0'.repeat(64), 'nonsense', '']) {
      const response = await send(edge, rgb, rawFrameType, 'sample', { [manifestHeader]: held })
      expect(response.headers.get(manifestHeader)).toBe(manifestHash)
      expect((await expectError(response, 'bundle-changed')).details).toEqual({ manifest: manifestHash })
    }
    expect(
      (await expectError(await send(edge, rgb.subarray(1), rawFrameType), 'frame-size-wrong')).details,
    ).toBeDefined()
  })

  it('counts no more hits of a client than a device can have had', async () => {
    const counted: number[] = []
    const edge = await createTestApp(({ metrics }) => ({
      metrics: { ...metrics, deviceHits: (_id, hits) => void counted.push(hits) },
    }))
    for (let turn = 0; turn < 5; turn++)
      await send(edge, randomRgb(edge.sample.manifest), rawFrameType, 'sample', { [hitsHeader]: '999999' })
    expect(counted.reduce((sum, hits) => sum + hits)).toBeLessThan(60_000)
    expect(counted[0]).toBe(3_600)
  })

  it('answers raw frames with the full model, and really selects with the encoder', async () => {
    const edge = await createTestApp()
    const chosen = new Set<string>()
    for (const bundle of [edge.sample, edge.own, edge.alone]) {
      for (let seed = 0; seed < 12; seed++) {
        // Frames of different brightness, so that they differ in what matters to a network with random
        // weights.
        const rgb = randomRgb(bundle.manifest, seed).map((value) => Math.min(255, (value * (seed + 1)) / 6))
        const response = await send(edge, rgb, rawFrameType, bundle.manifest.id)
        expect(response.status).toBe(200)
        expect(response.headers.get('Cache-Control')).toBe('no-store')
        const answer = frameAnswerSchema.parse(await response.json())
        expectTrue(answer, bundle, rgb)
        if (answer.partition !== undefined) chosen.add(`${bundle.manifest.id} ${answer.partition.id}`)
      }
    }
    expect(chosen.size).toBeGreaterThan(2)
  })

  it.each(['png', 'webp', 'jpeg'] as const)(
    'answers %s of any size as it answers its pixels',
    async (format) => {
      const edge = await createTestApp()
      const { width, height } = edge.sample.manifest.input
      const image = sharp(randomRgb(edge.sample.manifest), { raw: { width, height, channels: 3 } })
      const body = await image.toFormat(format, format === 'webp' ? { lossless: true } : {}).toBuffer()
      const rgb = await sharp(body).flatten().raw().toBuffer()
      const small = await send(edge, new Uint8Array(body), `image/${format}`)
      expectTrue(frameAnswerSchema.parse(await small.json()), edge.sample, rgb)
      const large = await sharp(body).resize(640, 480, { fit: 'fill' }).toFormat(format).toBuffer()
      const answer = frameAnswerSchema.parse(
        await (await send(edge, new Uint8Array(large), `image/${format}`)).json(),
      )
      expect(answer.probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 4)
      expect(answer.timings.decodeMs).toBeGreaterThan(0)
    },
  )

  it('answers many at once, each with its own answer', async () => {
    const edge = await createTestApp()
    const frames = Array.from({ length: 50 }, (_, seed) => randomRgb(edge.sample.manifest, seed))
    const answers = await Promise.all(
      frames.map(async (rgb) => frameAnswerSchema.parse(await (await send(edge, rgb)).json())),
    )
    for (const [index, answer] of answers.entries())
      expectTrue(answer, edge.sample, frames[index] ?? new Uint8Array())
  })

  it('refuses a body that is empty, or missing', async () => {
    const edge = await createTestApp()
    await expectError(await send(edge, new Uint8Array()), 'frame-empty')
    await expectError(await send(edge, undefined), 'frame-empty')
    await expectError(await send(edge, new Uint8Array(), 'image/jpeg'), 'frame-empty')
  })

  it('refuses a raw frame of another size, and names the right one', async () => {
    const edge = await createTestApp()
    const error = await expectError(await send(edge, new Uint8Array(767)), 'frame-size-wrong')
    expect(error.details).toMatchObject({ expectedBytes: 768, foundBytes: 767, width: 16, height: 16 })
  })

  it('refuses what is not an image, what ends early, and types that it does not know', async () => {
    const edge = await createTestApp()
    await expectError(await send(edge, new TextEncoder().encode('<html>'), 'image/png'), 'frame-not-an-image')
    const { width, height } = edge.sample.manifest.input
    const png = await sharp(randomRgb(edge.sample.manifest), { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer()
    await expectError(await send(edge, new Uint8Array(png.subarray(0, 400)), 'image/png'), 'frame-damaged')
    await expectError(await send(edge, new Uint8Array(png), 'image/tiff'), 'frame-type-unsupported')
    await expectError(await send(edge, new Uint8Array(png), ''), 'frame-type-unsupported')
  })

  it('refuses a body that is too large, whether or not it says so beforehand', async () => {
    const edge = await createTestApp()
    const huge = new Uint8Array(4 * 2 ** 20 + 1)
    const announced = { 'Content-Type': 'image/png', 'Content-Length': String(huge.length) }
    for (const headers of [announced, { 'Content-Type': 'image/png' }]) {
      await expectError(
        await edge.app.request(apiPaths.frames('sample'), { method: 'POST', headers, body: huge }),
        'frame-too-large',
      )
    }
  })

  it('knows no other bundle, and no other method', async () => {
    const edge = await createTestApp()
    await expectError(
      await send(edge, randomRgb(edge.sample.manifest), rawFrameType, 'nobody'),
      'bundle-unknown',
    )
    await expectError(await edge.app.request(apiPaths.frames('sample')), 'route-unknown')
  })

  it('says when to come again once there are too many frames, and loses none that it took', async () => {
    const waiting: (() => void)[] = []
    const edge = await createTestApp(({ inference }) => ({
      frameLimits: { maxFramesInFlight: 128 },
      inference: {
        ...inference,
        async answer(...frame) {
          await new Promise<void>((resolve) => waiting.push(resolve))
          return inference.answer(...frame)
        },
      },
    }))
    const rgb = randomRgb(edge.sample.manifest)
    const taken = Array.from({ length: 128 }, () => send(edge, rgb))
    await expect.poll(() => waiting.length, { timeout: 20_000 }).toBe(128)
    const refused = await send(edge, rgb)
    expect(refused.headers.get('Retry-After')).toBe('1')
    await expectError(refused, 'edge-overloaded')
    for (const proceed of waiting) proceed()
    for (const response of await Promise.all(taken)) expect(response.status).toBe(200)
    const later = send(edge, rgb)
    await expect.poll(() => waiting.length, { timeout: 20_000 }).toBe(129)
    waiting[128]?.()
    expect((await later).status).toBe(200)
  })

  const answered = async (
    edge: TestApp,
    rgb: Uint8Array<ArrayBuffer>,
    headers: Record<string, string>,
  ): Promise<FrameAnswer> => {
    const response = await send(edge, rgb, rawFrameType, 'sample', headers)
    expect(response.status).toBe(200)
    return frameAnswerSchema.parse(await response.json())
  }

  it('sends the delta that a device lacks inside the answer, byte for byte, and none that it has', async () => {
    const edge = await createTestApp()
    const rgb = randomRgb(edge.sample.manifest)
    const { partition, inlineDelta } = await answered(edge, rgb, { [holdsHeader]: '' })
    expect(inlineDelta).toMatchObject({ id: partition?.id, sha256: partition?.delta?.sha256 })
    const bytes = new Uint8Array(Buffer.from(inlineDelta?.bytes ?? '', 'base64'))
    expect(bytes).toEqual(edge.sample.blobs.get(inlineDelta?.sha256 ?? ''))
    expect(await sha256Hex(bytes)).toBe(inlineDelta?.sha256)
    for (const form of ['whole', 'delta'] as const) {
      expect(
        await answered(edge, rgb, { [holdsHeader]: formatHolds([{ id: partition?.id ?? '', form }]) }),
      ).not.toHaveProperty('inlineDelta')
    }
    // Who says nothing has no use for one.
    expect(await answered(edge, rgb, {})).not.toHaveProperty('inlineDelta')
  })

  it('answers an audit with whether the full model agrees, and nothing to fetch', async () => {
    const edge = await createTestApp()
    const rgb = randomRgb(edge.sample.manifest)
    const { classIndex } = await answered(edge, rgb, {})
    expect(
      (await answered(edge, rgb, { [auditHeader]: String(classIndex), [holdsHeader]: '' })).audit,
    ).toEqual({ agrees: true })
    const other = await answered(edge, rgb, {
      [auditHeader]: String((classIndex + 1) % 4),
      [holdsHeader]: '',
    })
    expect(other.audit).toEqual({ agrees: false })
    expect(other).not.toHaveProperty('inlineDelta')
    const counted = await (await edge.app.request('/metrics')).text()
    expect(counted).toContain('cachenet_audits_total{bundle="sample",agrees="true"} 1')
    expect(counted).toContain('cachenet_audits_total{bundle="sample",agrees="false"} 1')
  })

  it('learns what follows what, and names the likely next partition', async () => {
    const edge = await createTestApp()
    // One frame for each of two partitions.
    const frames = new Map<string, Uint8Array<ArrayBuffer>>()
    for (let seed = 0; seed < 40 && frames.size < 2; seed++) {
      const rgb = randomRgb(edge.sample.manifest, seed).map((value) =>
        Math.min(255, (value * (seed + 1)) / 6),
      )
      frames.set((await answered(edge, rgb, {})).partition?.id ?? '', rgb)
    }
    const [[first, firstFrame], [second, secondFrame]] = [...frames] as [
      [string, Uint8Array<ArrayBuffer>],
      [string, Uint8Array<ArrayBuffer>],
    ]
    for (let turn = 0; turn < 4; turn++) {
      await answered(edge, firstFrame, { [holdsHeader]: `${second}=whole` })
      await answered(edge, secondFrame, { [holdsHeader]: `${first}=whole` })
    }
    expect((await answered(edge, firstFrame, { [holdsHeader]: `${first}=delta` })).likelyNext).toEqual({
      id: second,
    })
    // What it has, it need not fetch.
    expect(
      await answered(edge, firstFrame, { [holdsHeader]: `${first}=whole,${second}=whole` }),
    ).not.toHaveProperty('likelyNext')
  })

  it('counts what devices report, and refuses numbers that are none', async () => {
    const edge = await createTestApp()
    const rgb = randomRgb(edge.sample.manifest)
    await answered(edge, rgb, { [hitsHeader]: '41' })
    await answered(edge, rgb, { [hitsHeader]: '1' })
    expect(await (await edge.app.request('/metrics')).text()).toContain(
      'cachenet_device_hits_total{bundle="sample"} 42',
    )
    for (const headers of [
      { [hitsHeader]: '-1' },
      { [hitsHeader]: 'many' },
      { [auditHeader]: '4' },
      { [auditHeader]: '' },
      { [auditHeader]: '1.5' },
    ]) {
      await expectError(await send(edge, rgb, rawFrameType, 'sample', headers), 'request-invalid')
    }
  })

  it('does not wait for ever for a body', async () => {
    const edge = await createTestApp(() => ({ frameLimits: { bodyTimeoutMs: 50 } }))
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(10)),
    })
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      headers: { 'Content-Type': rawFrameType },
      body,
      duplex: 'half',
    }
    const response = await edge.app.request(apiPaths.frames('sample'), init)
    expect(response.headers.get('Connection')).toBe('close')
    await expectError(response, 'request-timeout')
  })

  it('takes no new frames once it is stopping', async () => {
    const edge = await createTestApp(() => ({ isStopping: () => true }))
    const response = await send(edge, randomRgb(edge.sample.manifest))
    expect(response.headers.get('Retry-After')).toBe('1')
    expect(response.headers.get('Connection')).toBe('close')
    await expectError(response, 'edge-stopping')
  })

  it('passes on why inference failed where that is ours, and hides it where it is not', async () => {
    const failing = (reason: Error): Promise<TestApp> =>
      createTestApp(({ inference }) => ({
        inference: { ...inference, answer: () => Promise.reject(reason) },
      }))
    const timeout = await failing(new CacheNetError('edge-timeout', 'too slow'))
    await expectError(await send(timeout, randomRgb(timeout.sample.manifest)), 'edge-timeout')
    const broken = await failing(new Error('secret at /home/somebody'))
    const error = await expectError(await send(broken, randomRgb(broken.sample.manifest)), 'internal')
    expect(JSON.stringify(error)).not.toContain('secret')
    expect(JSON.stringify(broken.logged)).toContain('secret at /home/somebody')
  })
})

import { describe, expect, it } from 'vitest'
import { CacheNetError } from './errors.ts'
import { apiPaths, formatHolds, parseBlobPath, parseHolds } from './frames.ts'

describe('CacheNetError', () => {
  it('keeps code, message and details over the wire', () => {
    const error = new CacheNetError('blob-altered', 'It was altered.', { sha256: 'ab' })
    const received = CacheNetError.fromBody(JSON.parse(JSON.stringify(error.toBody())))
    expect(received).toMatchObject({
      code: 'blob-altered',
      message: 'It was altered.',
      details: { sha256: 'ab' },
      status: 422,
    })
  })

  it('gives what is no error body the code of whoever read it', () => {
    expect(CacheNetError.fromBody('<!doctype html>', 'edge-answer-invalid').code).toBe('edge-answer-invalid')
    expect(
      CacheNetError.fromBody({ error: { code: 'made-up', message: '' } }, 'edge-answer-invalid').code,
    ).toBe('edge-answer-invalid')
  })

  it('names an abort as one, and wraps anything else with its cause', () => {
    expect(CacheNetError.from(new DOMException('stop', 'AbortError')).code).toBe('aborted')
    const cause = new TypeError('boom')
    expect(CacheNetError.from(cause, 'engine-failed')).toMatchObject({ code: 'engine-failed', cause })
    expect(CacheNetError.from('text').code).toBe('internal')
  })
})

describe('paths of the API', () => {
  const sha256 = 'a'.repeat(64)

  it('of a blob are found again by whoever sees a request', () => {
    expect(parseBlobPath(apiPaths.blob('cifar10', sha256))).toEqual({ bundleId: 'cifar10', sha256 })
  })

  it.each([
    '/',
    apiPaths.manifest('cifar10'),
    `/api/v1/bundles/a/blobs/${'a'.repeat(63)}.bin`,
    `/api/v1/bundles/../blobs/${sha256}.bin`,
  ])('are not seen in %s', (path) => {
    expect(parseBlobPath(path)).toBeUndefined()
  })
})

describe('the header of held partitions', () => {
  it('carries them in their order', () => {
    const held = [
      { id: 'p2', form: 'whole' },
      { id: 'p1', form: 'delta' },
    ] as const
    expect(parseHolds(formatHolds(held))).toEqual(held)
    expect(parseHolds('')).toEqual([])
  })

  it('leaves out what is malformed', () => {
    expect(parseHolds('p1=whole, p2=half,=delta,p3,P4=whole,p5=delta')).toEqual([
      { id: 'p1', form: 'whole' },
      { id: 'p5', form: 'delta' },
    ])
  })
})

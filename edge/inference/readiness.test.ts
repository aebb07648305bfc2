import { describe, expect, it } from 'vitest'
import { CacheNetError } from '../../core/wire/errors.ts'
import { createTestApp } from '../testing/test-app.ts'
import type { Inference } from './inference.ts'
import { createReadiness } from './readiness.ts'

describe('createReadiness', () => {
  /** The real inference, whose answers can be held up or replaced. */
  const watched = (inference: Inference, answer: Inference['answer']): Inference => ({
    engineName: inference.engineName,
    isReady: true,
    get lastBatchAt() {
      return inference.lastBatchAt
    },
    queued: { miss: 0, audit: 0 },
    answer,
  })
  const never: Inference['answer'] = (signal) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new CacheNetError('aborted', 'gave up')))
    })

  const parts = async (): Promise<{
    inference: Inference
    store: Awaited<ReturnType<typeof createTestApp>>['store']
  }> => {
    let found: Inference | undefined
    const { store } = await createTestApp(({ inference }) => ((found = inference), {}))
    return { inference: found ?? expect.fail('no inference'), store }
  }

  it('has a frame of each bundle answered, once for all who ask at the same time', async () => {
    const { inference, store } = await parts()
    const asked: string[] = []
    const readiness = createReadiness(
      watched(inference, (signal, key, ...rest) => (asked.push(key), inference.answer(signal, key, ...rest))),
      store,
    )
    await Promise.all([readiness.check(), readiness.check()])
    await readiness.check()
    expect(asked.sort()).toEqual(store.bundles.map(({ key }) => key).sort())
  })

  it('names the bundle that the engine lost', async () => {
    const { inference, store } = await parts()
    const lost = watched(inference, (signal, key, ...rest) =>
      inference.answer(signal, key.startsWith('own@') ? 'nobody' : key, ...rest),
    )
    await expect(createReadiness(lost, store).check()).rejects.toMatchObject({
      code: 'worker-crashed',
      details: { bundle: 'own', reason: 'bundle-unknown' },
    })
  })

  it('is not ready while nothing is answered any more, and ready while others are', async () => {
    const { inference, store } = await parts()
    await expect(
      createReadiness(watched(inference, never), store, { stuckMs: 50, freshMs: 0 }).check(),
    ).rejects.toMatchObject({ code: 'worker-crashed' })
    const busy = {
      ...watched(inference, never),
      get lastBatchAt() {
        return performance.now()
      },
    }
    await createReadiness(busy, store, { stuckMs: 50 }).check()
    const full = { ...busy, answer: () => Promise.reject(new CacheNetError('edge-overloaded', 'full')) }
    await createReadiness(full, store, { stuckMs: 50 }).check()
  })
})

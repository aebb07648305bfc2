import { createRequire } from 'node:module'
import { expect, it } from 'vitest'

const isLoaded = (): boolean =>
  Object.keys(createRequire(import.meta.url).cache).some((path) =>
    /node_modules\/(bullmq|ioredis)\//.test(path),
  )

it('is loaded where places are shared, and not by an edge alone', async () => {
  await import('../../start-edge.ts')
  await import('../open-learning.ts')
  expect(isLoaded()).toBe(false)
  const { loadRedisPackages } = await import('./redis-connection.ts')
  await loadRedisPackages()
  expect(isLoaded()).toBe(true)
})

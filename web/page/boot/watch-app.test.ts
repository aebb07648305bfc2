import { signal } from '@preact/signals'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CacheNetError, type ErrorCode } from '../../../core/wire/errors.ts'
import type { BundleHolder, BundleState } from '../state/bundle.ts'
import { watchBundle } from './watch-app.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function failing(code: ErrorCode) {
  const failed: BundleState = { kind: 'failed', error: new CacheNetError(code, 'No.') }
  const state = signal<BundleState>(failed)
  let attempts = 0
  const bundle = {
    state,
    open: async () => {
      attempts++
      state.value = { kind: 'opening' }
      await Promise.resolve()
      state.value = { ...failed }
    },
  } as unknown as BundleHolder
  return { stop: watchBundle({ bundle }), attempts: () => attempts }
}

describe('a bundle that could not be opened', () => {
  it.each([
    'edge-unreachable',
    'edge-timeout',
    'edge-answer-invalid',
    'manifest-invalid',
    'engine-failed',
    'blob-altered',
  ] as const)('is tried again by itself, ever more seldom: %s', async (code) => {
    const { stop, attempts } = failing(code)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(attempts()).toBe(1)
    await vi.advanceTimersByTimeAsync(58_000)
    expect(attempts()).toBeGreaterThan(2)
    expect(attempts()).toBeLessThan(9)
    stop()
  })

  it('is tried again by itself, but leaves a person the time to decide whom to trust', async () => {
    const { stop, attempts } = failing('bundle-key-changed')
    await vi.advanceTimersByTimeAsync(14_000)
    expect(attempts()).toBe(0)
    await vi.advanceTimersByTimeAsync(300_000)
    expect(attempts()).toBeGreaterThan(2)
    stop()
  })

  it('is not where that helps nobody', async () => {
    const { stop, attempts } = failing('unauthorized')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(attempts()).toBe(0)
    stop()
  })
})

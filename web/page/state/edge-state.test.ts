import { signal } from '@preact/signals'
import { describe, expect, it } from 'vitest'
import type { OpenedBundle } from '../boot/open-bundle.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import type { EdgeState } from '../edge/edge-client.ts'
import { edgeStateOf } from './edge-state.ts'

describe('edgeStateOf', () => {
  it('is what the client of the open bundle knows', () => {
    const state = signal<EdgeState>('online')
    const bundle = { edge: { state } } as unknown as OpenedBundle
    expect(edgeStateOf({ kind: 'open', bundle })).toBe('online')
    state.value = 'offline'
    expect(edgeStateOf({ kind: 'open', bundle })).toBe('offline')
  })

  it('is offline where no bundle could be had of it, and else not known', () => {
    const failed = (code: 'edge-timeout' | 'manifest-invalid'): EdgeState =>
      edgeStateOf({ kind: 'failed', error: new CacheNetError(code, 'No.') })
    expect([failed('edge-timeout'), failed('manifest-invalid'), edgeStateOf({ kind: 'opening' })]).toEqual([
      'offline',
      'unknown',
      'unknown',
    ])
  })
})

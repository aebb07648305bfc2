import { describe, expect, it } from 'vitest'
import { createSampleBundle } from '../../core/testing/sample-bundle.ts'
import { engineBundleOf } from '../testing/engine-samples.ts'
import type { EngineBundle } from './engine.ts'
import { haveSameNetworks } from './same-networks.ts'

const other = (blob: Uint8Array): Uint8Array => {
  const changed = blob.slice()
  changed[100]! ^= 1
  return changed
}

describe('haveSameNetworks', () => {
  it('is so of another version with the same bytes, and not where one byte or one layer is another', async () => {
    const one = engineBundleOf(await createSampleBundle())
    const { full, encoder } = one
    if (encoder === undefined) throw new Error('The sample has an encoder.')
    expect(haveSameNetworks(one, { full: { ...full, blob: full.blob.slice() }, encoder })).toBe(true)
    const others: Pick<EngineBundle, 'full' | 'encoder'>[] = [
      { full: { ...full, blob: other(full.blob) }, encoder },
      { full, encoder: { ...encoder, blob: other(encoder.blob) } },
      { full, encoder: { ...encoder, spec: { ...encoder.spec, layers: encoder.spec.layers.slice(1) } } },
      { full, encoder: { ...encoder, trunk: encoder.trunk === 'full' ? 'own' : 'full' } },
      { full, encoder: undefined },
    ]
    for (const changed of others) expect(haveSameNetworks(one, changed)).toBe(false)
    expect(haveSameNetworks({ full }, { full })).toBe(true)
  })
})

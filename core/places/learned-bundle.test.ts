import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { describe, expect, it } from 'vitest'
import { parseManifest } from '../bundle/parse-manifest.ts'
import type { Manifest } from '../bundle/manifest.ts'
import { decodeWeights } from '../bundle/weights.ts'
import { createSampleBundle } from '../testing/sample-bundle.ts'
import { samplePlaceFile } from '../testing/sample-place-file.ts'
import { withLearned, withoutLearned, type EncodedManifest, type LearnedPlace } from './learned-bundle.ts'

const hashOf = (bytes: Uint8Array): string => bytesToHex(sha256(bytes))
const at = new Date('2026-11-30T12:00:00.000Z')

async function sample(): Promise<EncodedManifest> {
  const { manifest, blobs } = await createSampleBundle({ hasHeads: true, hasDeltas: true })
  const scenes = {
    surpriseChance: 0.02,
    localities: [{ kind: 'places' as const, meanLength: 64 }],
    places: [{ name: 'yard', weight: 3, shares: [0.5, 0.5, 0, 0] }],
  }
  const encoder = blobs.get(manifest.encoder?.whole.sha256 ?? '')
  if (encoder === undefined) throw new Error('The sample has an encoder.')
  return { manifest: parseManifest({ ...manifest, scenes }), encoder }
}

function place({ manifest }: EncodedManifest, replaces?: string, name = 'kitchen'): LearnedPlace {
  const { network } = samplePlaceFile(manifest, hashOf, () => '')
  return { id: 'place-1', name, at, result: { ...network, ...(replaces === undefined ? {} : { replaces }) } }
}

const codeOf = ({ manifest, encoder }: EncodedManifest): { kernel: Float32Array; bias: number[] } => {
  const spec = manifest.networks.encoder?.spec
  if (spec === undefined) throw new Error('It has an encoder.')
  const weights = new Map(decodeWeights(spec, encoder).map(({ name, values }) => [name, values]))
  return {
    kernel: weights.get('code/kernel') ?? new Float32Array(),
    bias: [...(weights.get('code/bias') ?? [])],
  }
}
const idsOf = ({ partitions }: Manifest): string[] => partitions.map(({ id }) => id)

describe('withLearned', () => {
  it('adds a partition with a scene of its own, that the code never chooses', async () => {
    const before = await sample()
    const after = withLearned(before, place(before), hashOf)
    expect(idsOf(after.manifest)).toEqual([...idsOf(before.manifest), 'learned-place-1'])
    expect(after.manifest.scenes?.places.at(-1)).toEqual({
      name: 'kitchen',
      weight: 3,
      shares: [0, 0.4, 0.4, 0.2],
    })
    const [was, is] = [codeOf(before), codeOf(after)]
    expect(is.bias.slice(0, -1)).toEqual(was.bias)
    expect(is.bias.at(-1)).toBeLessThan(Math.min(...was.bias) - 20)
    expect(is.kernel.length).toBe((was.kernel.length / was.bias.length) * is.bias.length)
    expect(after.manifest.encoder?.whole.sha256).toBe(hashOf(after.encoder))
    expect(after.manifest.createdAt).toBe(at.toISOString())
  })

  it('takes the place of the partition that knew the place, and keeps that one for later', async () => {
    const before = await sample()
    const after = withLearned(before, place(before, 'p1'), hashOf)
    expect(idsOf(after.manifest)).toEqual(['p0', 'learned-place-1', 'p2', 'p3'])
    expect(after.encoder).toEqual(before.encoder)
    expect(after.manifest.partitions[1]?.learned?.replaced).toEqual(before.manifest.partitions[1])
    expect(after.manifest.scenes).toEqual(before.manifest.scenes)
  })

  it('replaces what it learned before, and gives back what training made when that is forgotten', async () => {
    const before = await sample()
    const once = withLearned(before, place(before, 'p1'), hashOf)
    const twice = withLearned(once, place(once, 'learned-place-1'), hashOf)
    expect(idsOf(twice.manifest)).toEqual(['p0', 'learned-place-1', 'p2', 'p3'])
    const back = withoutLearned(twice, 'place-1', new Date(before.manifest.createdAt), hashOf)
    expect(back.manifest).toEqual(before.manifest)
  })

  it('gives a scene another name where the bundle has one of that name', async () => {
    const before = await sample()
    const after = withLearned(before, place(before, undefined, 'yard'), hashOf)
    expect(after.manifest.scenes?.places.map(({ name }) => name)).toEqual(['yard', 'yard-2'])
  })

  it('refuses what does not fit the bundle', async () => {
    const before = await sample()
    const wrong = place(before)
    expect(() =>
      withLearned(before, { ...wrong, result: { ...wrong.result, classIndices: [1, 2] } }, hashOf),
    ).toThrow(expect.objectContaining({ code: 'manifest-invalid' }))
  })
})

describe('withoutLearned', () => {
  it('brings back the bundle that was, byte for byte of its encoder', async () => {
    const before = await sample()
    const added = withLearned(before, place(before), hashOf)
    const again = withLearned(added, place(added), hashOf)
    expect(again.manifest.partitions).toHaveLength(before.manifest.partitions.length + 1)
    const back = withoutLearned(again, 'place-1', new Date(before.manifest.createdAt), hashOf)
    expect(back.manifest).toEqual(before.manifest)
    expect(back.encoder).toEqual(before.encoder)
  })

  it('is the same bundle where nothing was learned of the place', async () => {
    const before = await sample()
    expect(withoutLearned(before, 'place-9', at, hashOf)).toBe(before)
  })
})

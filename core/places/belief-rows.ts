import { fullInputOf } from '../bundle/manifest-networks.ts'
import type { Manifest } from '../bundle/manifest.ts'
import type { GateSettings } from '../gate/settings.ts'

/** The rows of a gate in which the scene decides which partition is asked: only they use a learned one. */
export function beliefRows({ gate }: Pick<Manifest, 'gate'>): readonly GateSettings[] {
  const rows: readonly GateSettings[] = gate.localities.length > 0 ? gate.localities : [gate]
  return rows.filter(
    ({ leastBelief, maxProbes, scenePrior }) =>
      leastBelief !== undefined && maxProbes > 0 && scenePrior?.knowsScenes === true,
  )
}

/** Why no place can be learned for a bundle, in a sentence; undefined where places can. */
export function whyNotLearnable(manifest: Manifest): string | undefined {
  const { partitions, input, scenes } = manifest
  const full = fullInputOf(manifest)
  if (partitions.length === 0) return 'This bundle has no partitions, so that no place can have one.'
  if (partitions.some(({ prior }) => prior === undefined))
    return 'The partitions of this bundle answer all classes: an older program trained it.'
  if (beliefRows(manifest).length === 0 || scenes === undefined)
    return 'The gate of this bundle never asks a partition by what it believes of the scene.'
  if (full.width !== input.width || full.height !== input.height)
    return 'The full model of this bundle reads larger pictures than the device’s networks do.'
  return undefined
}

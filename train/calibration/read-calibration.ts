import { z } from 'zod'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { generalistId } from '../../core/gate/gate.ts'
import { gateSettingsOf, gateSettingsSchema, localityRowSchema } from '../../core/gate/settings.ts'
import { fullId } from '../../core/gate/answer-table.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { Calibration } from '../stages/5-calibrate.ts'

const calibratedSchema = z.object({ gate: gateSettingsSchema, localities: z.array(localityRowSchema) })
const opponentsSchema = z.object({ cascade: calibratedSchema, cascadeScene: calibratedSchema })

/**
 * What was calibrated, out of the manifest that it was written into. Throws `manifest-invalid` for one that
 * an older trainer wrote.
 */
export function readCalibration(manifest: Manifest): Calibration {
  const opponents = opponentsSchema.safeParse(manifest.metrics['opponents'])
  if (!opponents.success) {
    throw new CacheNetError(
      'manifest-invalid',
      `Bundle ${manifest.id} does not say how its opponents were calibrated: an older program trained it. Train it again.`,
      { bundle: manifest.id },
    )
  }
  const { gate, partitions, full, generalist, selector } = manifest
  const { localities, curve } = gate
  const networks: [string, { readonly temperature: number; readonly mostStrange?: number | undefined }][] = [
    [fullId, full],
    [generalistId, generalist],
    ...partitions.flatMap(
      (partition): [string, { temperature: number; mostStrange?: number | undefined }][] => [
        [partition.id, partition],
        ...(partition.delta === undefined
          ? []
          : [[`${partition.id}-delta`, partition.delta] as [string, typeof partition.delta]]),
      ],
    ),
  ]
  const temperatures = new Map(networks.map(([id, { temperature }]) => [id, temperature]))
  const bounds = new Map(
    networks.flatMap(([id, { mostStrange }]) => (mostStrange === undefined ? [] : [[id, mostStrange]])),
  )
  return {
    temperatures,
    bounds,
    keepShare: selector.keepShare,
    scenes: manifest.scenes,
    cacheNet: { gate: gateSettingsOf(gate), localities },
    curve,
    ...opponents.data,
  }
}

import { join } from 'node:path'
import type { SigningKey } from '../../../core/trust/sign-manifest.ts'
import { trainedSettings, type TrainingConfig } from '../../config/schema.ts'
import { assignedKey, splitAssignments } from '../../config/split-assignments.ts'
import { measureInput } from '../../data/dataset.ts'
import { dataIdentity } from '../../data/data-identity.ts'
import { RunFolder } from '../../run/run-folder.ts'
import type { SeriesRequest } from '../series-request.ts'
import { typedCommand } from '../../run/typed-command.ts'
import { takeFull } from '../../stages/take-full.ts'
import { trainBundle } from '../../train-bundle.ts'
import type { Winner } from './choose-winner.ts'
import { candidateName, type SearchResult } from './run-search.ts'

export interface WinnerExport {
  readonly id: string
  /** Folder of the bundles. */
  readonly out: string
  /** The settings that the search was given, as typed. */
  readonly set: string | undefined
  readonly signingKey: SigningKey | undefined
}

/**
 * Trains what a search found at full length, with the full model that its candidates had, and exports it.
 * Returns the summary.
 */
export async function exportWinner(
  signal: AbortSignal,
  request: SeriesRequest,
  { rows }: SearchResult,
  shipped: NonNullable<Winner['shipped']>,
  { id, out, set, signingKey }: WinnerExport,
): Promise<string> {
  const { preset, data, dataset, folder, fullFrom, progress } = request
  const { partitionCount } = shipped
  const [first, second, third] = shipped.widths
  const config: TrainingConfig = {
    ...request.config,
    partitionCount,
    generalist: { ...request.config.generalist, widths: [first, second, third] },
  }
  const run = await RunFolder.openOrResume(join(folder, 'winner'), {
    dataset: preset,
    data,
    config: trainedSettings(config),
    ...dataIdentity(dataset),
  })
  const [candidate] = rows
  const input = measureInput(dataset.train, dataset.size)
  if (candidate !== undefined)
    await takeFull({ config, dataset, input, run }, fullFrom ?? join(folder, candidateName(candidate)))
  const found = [`generalist.widths=${JSON.stringify(shipped.widths)}`, `partitionCount=${partitionCount}`]
  const others = splitAssignments(set).filter(
    (assignment) => !found.map(assignedKey).includes(assignedKey(assignment)),
  )
  const command = typedCommand(preset, {
    id,
    data: data ?? undefined,
    fullFrom,
    set: [...others, ...found].join(' '),
  })
  const { summary } = await trainBundle(signal, {
    dataset,
    config,
    run,
    progress,
    bundleId: id,
    bundleFolder: join(out, id),
    command,
    signingKey,
  })
  return summary
}

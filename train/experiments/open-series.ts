import { join, resolve } from 'node:path'
import { parsePreset, presetNames } from '../config/presets.ts'
import { resolveConfig } from '../config/resolve-config.ts'
import { splitAssignments } from '../config/split-assignments.ts'
import { splitCount } from '../data/dataset.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { checkDataset } from '../run/check-dataset.ts'
import type { Progress } from '../run/progress.ts'
import type { SeriesRequest } from './series-request.ts'

/** Flags of every command that trains several runs of one data set. */
export const seriesArgs = {
  preset: {
    type: 'positional',
    description: `Data set: ${presetNames.join(', ')}`,
    required: true,
    valueHint: 'PRESET',
  },
  data: { type: 'string', description: 'Folder with the data (not for walkers)', valueHint: 'DIR' },
  set: {
    type: 'string',
    description:
      'Settings that differ from the preset, separated by spaces: "encoder.epochs=3 search.device.roundTripMs=50"; may be given again',
    valueHint: 'KEY=VALUE',
  },
} as const

export interface SeriesArgs {
  readonly preset: string
  readonly data?: string | undefined
  readonly run?: string | undefined
}

/**
 * What those flags and the settings behind `--set` ask for, in `run` or `runs/<kind>-<preset>`. Rejects with
 * `config-invalid` and with what the data set is refused for.
 */
export async function openSeries(
  kind: string,
  { preset: name, data, run }: SeriesArgs,
  set: string | undefined,
  progress: Progress,
): Promise<Omit<SeriesRequest, 'fullFrom'>> {
  const preset = parsePreset(name)
  const assignments = splitAssignments(set)
  const dataset = await loadDataset(preset, data, resolveConfig(preset, undefined, assignments), progress)
  for (const warning of checkDataset(dataset)) progress.say(warning)
  const config = resolveConfig(preset, undefined, assignments, splitCount(dataset.train))
  return {
    preset,
    data: data === undefined ? null : resolve(data),
    config,
    dataset,
    folder: run ?? join('runs', `${kind}-${preset}`),
    progress,
  }
}

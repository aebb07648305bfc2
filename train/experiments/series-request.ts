import type { PresetName } from '../config/presets.ts'
import type { TrainingConfig } from '../config/schema.ts'
import type { Dataset } from '../data/dataset.ts'
import type { Progress } from '../run/progress.ts'

/** What a command asks for that trains several runs of one data set, side by side in one folder. */
export interface SeriesRequest {
  readonly preset: PresetName
  /** Where the data is; null where it is generated. */
  readonly data: string | null
  readonly config: TrainingConfig
  readonly dataset: Dataset
  readonly folder: string
  /** Run whose full model all take over; the first of them trains it where left out. */
  readonly fullFrom?: string | undefined
  readonly progress: Progress
}

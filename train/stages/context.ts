import type { ModelInput } from '../../core/bundle/model-input.ts'
import type { TrainingConfig } from '../config/schema.ts'
import type { Dataset } from '../data/dataset.ts'
import type { FullGraph } from '../full/full-graph.ts'
import type { BaseBundle } from '../models/base-bundle.ts'
import type { Progress } from '../run/progress.ts'
import type { RunFolder } from '../run/run-folder.ts'

/** What it takes to evaluate networks. */
export interface EvaluationContext {
  readonly config: TrainingConfig
  readonly dataset: Dataset
  readonly input: ModelInput
  readonly progress: Progress
}

/** What every stage of a run is given. */
export interface StageContext extends EvaluationContext {
  /** A full model that somebody brought: then none is trained. */
  readonly fullGraph?: FullGraph | undefined
  readonly signal: AbortSignal
  readonly run: RunFolder
  /** A finished bundle whose trunks full model and generalist begin with; from scratch where left out. */
  readonly base?: BaseBundle | undefined
}

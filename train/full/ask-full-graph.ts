import { CacheNetError } from '../../core/wire/errors.ts'
import { startRuntime } from '../../onnx/runtime.ts'
import { splitCount, type Dataset, type Split } from '../data/dataset.ts'
import { drawStrangers } from '../data/strangers.ts'
import { readCheckpoint, writeCheckpoint } from '../run/checkpoint.ts'
import type { Progress } from '../run/progress.ts'
import type { RunFolder } from '../run/run-folder.ts'
import type { FullGraph } from './full-graph.ts'
import { fullPixels } from './full-pixels.ts'
import { openClassifier } from './run-classifier.ts'

/** One question: a split, as it is or mirrored. */
interface Question {
  readonly name: string
  readonly split: Split
  readonly isMirrored: boolean
}

export interface AskRequest {
  readonly full: FullGraph
  readonly dataset: Dataset
  readonly progress: Progress
  readonly signal?: AbortSignal | undefined
  /** Keeps the answers, so that a run that goes on does not ask again. */
  readonly run?: RunFolder | undefined
  /** For the teacher: the training images too, and mirrored where training shows them so. */
  readonly training?: { readonly mirror: boolean } | undefined
}

/** All that the stages will want to know, by the names of their files. */
function questionsOf({ dataset, training }: Pick<AskRequest, 'dataset' | 'training'>): Question[] {
  const plain = (name: string, split: Split): Question => ({ name, split, isMirrored: false })
  const taught = [
    plain('train', dataset.train),
    { name: 'train-mirrored', split: dataset.train, isMirrored: true },
  ]
  return [
    ...(training === undefined ? [] : training.mirror ? taught : taught.slice(0, 1)),
    plain('validation', dataset.validation),
    plain('test', dataset.test),
    plain('strangers-validation', drawStrangers(dataset, 'validation')),
    plain('strangers-test', drawStrangers(dataset, 'test')),
  ]
}

/** Takes over what an earlier start of the run was told. */
async function takeStored(full: FullGraph, { split, isMirrored }: Question, path: string): Promise<boolean> {
  const count = splitCount(split)
  const { outputs, features: featureSize } = full.spec
  const logits = new Float32Array(count * outputs)
  const features = new Float32Array(count * featureSize)
  if ((await readCheckpoint(path, [logits, features])) === undefined) return false
  full.keep(split, isMirrored, { count, logits, outputs, features, featureSize })
  return true
}

/**
 * Asks a full model that somebody brought about every image that the stages look at: minutes where there are
 * many. Throws `aborted` where the run is stopped; what was asked until then is kept.
 */
export async function askFullGraph(request: AskRequest): Promise<void> {
  const { full, dataset, progress, signal, run } = request
  const questions = questionsOf(request).filter(
    ({ split, isMirrored }) => splitCount(split) > 0 && !full.knows(split, isMirrored),
  )
  const pathOf = ({ name }: Question): string | undefined => run?.checkpointPath(`full-says-${name}.bin`)
  const open: Question[] = []
  for (const question of questions) {
    const path = pathOf(question)
    if (path === undefined || !(await takeStored(full, question, path))) open.push(question)
  }
  if (open.length === 0) return
  const { spec, blob } = full
  const classifier = await openClassifier(await startRuntime(), blob, spec.isBatched, 'the full model')
  try {
    for (const question of open) {
      const { name, split, isMirrored } = question
      progress.start()
      const predictions = await classifier.predict(
        splitCount(split),
        (image) => fullPixels(split, dataset.size, image, spec.input.width, isMirrored),
        spec.input,
        (done) => {
          progress.count(`full, ${name}`, done, splitCount(split))
          if (signal?.aborted === true)
            throw new CacheNetError(
              'aborted',
              'Stopped while the full model was asked. The same command goes on with --resume.',
              { run: run?.path },
            )
        },
      )
      full.keep(split, isMirrored, predictions)
      const path = pathOf(question)
      if (path !== undefined) await writeCheckpoint(path, 1, [predictions.logits, predictions.features])
    }
  } finally {
    await classifier.close()
  }
}

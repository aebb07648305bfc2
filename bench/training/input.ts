import { defaults } from '../../train/config/defaults.ts'
import type { Architecture } from '../../train/models/architecture.ts'
import { assembleBatch } from '../../train/parallel/assemble-batch.ts'
import { BatchSource } from '../../train/parallel/batches.ts'
import { noiseJob } from './job.ts'

/**
 * All that a thread does for the input of one micro-batch: its share of drawing the batch (each of two
 * threads draws all of it), then choosing, augmenting, normalising and uploading its images.
 */
export function prepareInput(architecture: Architecture): () => void {
  const { batchSize, microBatchSize } = defaults.full.optimizer
  const { job } = noiseJob(architecture, { images: 10_000, batchSize, steps: 10_000 })
  const micros = batchSize / 2 / microBatchSize
  const source = new BatchSource(job)
  let step = 0
  let micro = micros
  let batch = source.at(step)
  return () => {
    if (micro === micros) {
      micro = 0
      batch = source.at(step++)
    }
    assembleBatch(job.images, batch, [micro * microBatchSize, (micro + 1) * microBatchSize], [0, 0]).dispose()
    micro++
  }
}

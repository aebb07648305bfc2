import { splitCount, type Split } from '../data/dataset.ts'
import type { Teacher } from '../parallel/job.ts'
import type { FullGraph } from './full-graph.ts'

/**
 * A full model that somebody brought as the teacher: all that it has to say is known before the threads
 * begin.
 *
 * @param isMirrored whether images are shown mirrored too
 */
export function teacherOfGraph(full: FullGraph, train: Split, isMirrored: boolean): Teacher {
  const images = splitCount(train)
  const { outputs } = full.spec
  const logits = new Float32Array(new SharedArrayBuffer(2 * images * outputs * 4))
  const isKnown = new Uint8Array(new SharedArrayBuffer(2 * images))
  for (const shown of isMirrored ? [false, true] : [false]) {
    const from = shown ? images : 0
    logits.set(full.predictionsOf(train, shown).logits, from * outputs)
    isKnown.fill(1, from, from + images)
  }
  return { spec: undefined, weights: [], logits, isKnown }
}

import type { FullNetwork } from '../../core/bundle/full-network.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import { valuesPerFrame } from './batch-fit.ts'
import type { EngineOutput } from './engine.ts'

/**
 * A frame to try networks on. Of many values, all of which preprocessing can give: zeros would hide what is
 * wrong with a kernel.
 */
export const trialFrame = (spec: FullNetwork): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: valuesPerFrame(spec) }, (_, index) => ((index * 37) % 101) / 50 - 1)

/** Throws `engine-failed` where networks answer a frame with something that is no number. */
export function requireNumbers({ logits, codeLogits }: Pick<EngineOutput, 'logits' | 'codeLogits'>): void {
  if (logits.every(Number.isFinite) && codeLogits.every(Number.isFinite)) return
  throw new CacheNetError(
    'engine-failed',
    'The networks of this bundle answer a frame with what is no number. Train it again, or take the version before.',
  )
}

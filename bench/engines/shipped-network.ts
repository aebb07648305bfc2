import { decodeWeights } from '../../core/bundle/weights.ts'
import { argMax } from '../../core/gate/entropy.ts'
// What ships, in a real browser too: held against its own convolutions in one run.
/* eslint-disable import-x/no-restricted-paths */
import { NetworkRunner } from '../../web/inference-worker/network-runner.ts'
import { startKernels } from '../../web/inference-worker/start-kernels.ts'
/* eslint-enable import-x/no-restricted-paths */
import type { EngineOrder } from './order.ts'

/** A network as the page and its worker run it: from its input to the class that it answers. */
export async function shippedNetwork({
  spec,
  blob,
}: EngineOrder['partition']): Promise<(frame: Float32Array) => number> {
  const runner = new NetworkRunner(await startKernels(), spec)
  const weights = runner.upload(decodeWeights(spec, blob))
  return (frame) => {
    runner.input.set(frame)
    return argMax(runner.run(weights))
  }
}

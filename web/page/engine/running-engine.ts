import { CacheNetError } from '../../../core/wire/errors.ts'
import { inferenceProtocol } from '../../messages/inference.ts'
import { createRpcClient } from '../../messages/rpc-client.ts'
import type { EngineSite } from './engine-site.ts'
import type { InferenceClient } from './in-page-engine.ts'

/** An engine that can be asked: in a worker, or on the page's own thread. */
export interface RunningEngine {
  readonly client: InferenceClient
  terminate(): void
}

export interface EngineMakers {
  readonly createWorker: (threads: number) => Worker
  /**
   * The engine on the page's own thread, for networks that are small enough; without it all run in workers.
   */
  readonly createInPageEngine?: () => InferenceClient
}

/** @param onCrash the worker stopped by itself; its client is closed then */
function launchEngine(
  { createWorker, createInPageEngine }: EngineMakers,
  place: EngineSite,
  onCrash: (error: CacheNetError) => void,
): RunningEngine {
  if (place.kind === 'page') {
    if (createInPageEngine === undefined)
      throw new CacheNetError('engine-failed', 'The networks of this page run in workers only.')
    return { client: createInPageEngine(), terminate: () => undefined }
  }
  const worker = createWorker(place.threads)
  const client: InferenceClient = createRpcClient(worker, inferenceProtocol)
  const crash = (event: Event): void => {
    event.preventDefault()
    const error = new CacheNetError(
      'worker-crashed',
      'The part of the app that runs the networks has stopped.',
    )
    client.close(error)
    onCrash(error)
  }
  worker.addEventListener('error', crash)
  worker.addEventListener('messageerror', crash)
  return { client, terminate: () => worker.terminate() }
}

/**
 * An engine that answers nobody yet. Rejects where its threads do not start in time; one thread is not waited
 * for.
 */
export async function startEngine(
  signal: AbortSignal,
  makers: EngineMakers,
  place: EngineSite,
  timeLimitMs: number,
  onCrash: (error: CacheNetError) => void,
): Promise<RunningEngine> {
  const running = launchEngine(makers, place, onCrash)
  if (place.kind === 'worker' && place.threads === 1) return running
  try {
    await running.client.call(signal, { kind: 'prepare' }, { timeLimitMs })
    return running
  } catch (thrown) {
    running.terminate()
    running.client.close()
    throw thrown
  }
}

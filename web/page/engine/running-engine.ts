import { CacheNetError } from '../../../core/wire/errors.ts'
import { inferenceProtocol } from '../../messages/inference.ts'
import { createRpcClient } from '../../messages/rpc-client.ts'
import type { InferenceClient } from './in-page-engine.ts'

/** Where an engine is: on the page's own thread, or in a worker with so many. */
export type EngineSite = { readonly kind: 'page' } | { readonly kind: 'worker'; readonly threads: number }

export const workerWith = (threads: number): EngineSite => ({ kind: 'worker', threads })

/** Threads that the kernels run on. */
export const threadsOf = (site: EngineSite): number => (site.kind === 'page' ? 1 : site.threads)

export const isSameSite = (a: EngineSite, b: EngineSite): boolean =>
  a.kind === b.kind && threadsOf(a) === threadsOf(b)

/** An engine that can be asked: in a worker, or on the page's own thread. */
export interface RunningEngine {
  readonly client: InferenceClient
  terminate(): void
  readonly place: EngineSite
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
  onCrash: (client: InferenceClient, error: CacheNetError) => void,
): RunningEngine {
  if (place.kind === 'page') {
    if (createInPageEngine === undefined)
      throw new CacheNetError('engine-failed', 'The networks of this page run in workers only.')
    return { client: createInPageEngine(), place, terminate: () => undefined }
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
    onCrash(client, error)
  }
  worker.addEventListener('error', crash)
  worker.addEventListener('messageerror', crash)
  return { client, place, terminate: () => worker.terminate() }
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
  onCrash: (client: InferenceClient, error: CacheNetError) => void,
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

import { CacheNetError } from '../../../core/wire/errors.ts'
import { inferenceProtocol } from '../../messages/inference.ts'
import { createRpcClient } from '../../messages/rpc-client.ts'
import type { InferenceClient } from './in-page-engine.ts'

/** An engine that can be asked: in a worker, or on the page's own thread. */
export interface RunningEngine {
  readonly client: InferenceClient
  terminate(): void
  /** Of its own: 0 on the page's. */
  readonly threads: number
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
  threads: number,
  onCrash: (client: InferenceClient, error: CacheNetError) => void,
): RunningEngine {
  const inPage = threads === 0 ? createInPageEngine?.() : undefined
  if (inPage !== undefined) return { client: inPage, threads, terminate: () => undefined }
  const worker = createWorker(threads)
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
  return { client, threads, terminate: () => worker.terminate() }
}

/**
 * An engine that answers nobody yet. Rejects where its threads do not start in time; one thread is not waited
 * for.
 */
export async function startEngine(
  signal: AbortSignal,
  makers: EngineMakers,
  threads: number,
  timeLimitMs: number,
  onCrash: (client: InferenceClient, error: CacheNetError) => void,
): Promise<RunningEngine> {
  const running = launchEngine(makers, threads, onCrash)
  if (threads === 1) return running
  try {
    await running.client.call(signal, { kind: 'prepare' }, { timeLimitMs })
    return running
  } catch (thrown) {
    running.terminate()
    running.client.close()
    throw thrown
  }
}

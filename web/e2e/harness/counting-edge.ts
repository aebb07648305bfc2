import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEdge, type RunningEdge } from '../../../edge/start-edge.ts'
import { temporaryFolder } from '../../../edge/testing/bundle-folder.ts'

export interface CountingEdge {
  readonly origin: string
  /** Requests since the last call, as `METHOD path`, in the order in which they were answered. */
  takeRequests(): string[]
  stop(): Promise<void>
  /** Comes back on the same port. */
  start(): Promise<void>
  /** Stops it for good. */
  close(): Promise<void>
}

const releasedBundles = fileURLToPath(new URL('../../../public/bundles', import.meta.url))

/**
 * A real edge that tells what it was asked, and that can go away and come back. On one thread: most of a test
 * that starts more engines is their start.
 *
 * @param bundles ids of released bundles that it serves; the first is the default
 */
export async function startCountingEdge(
  bundles: readonly [string, ...string[]],
  pageFolder: string,
): Promise<CountingEdge> {
  const { folder: bundlesFolder, remove } = await temporaryFolder()
  for (const id of bundles) await symlink(join(releasedBundles, id), join(bundlesFolder, id), 'dir')
  let requests: string[] = []
  const open = (port: number): Promise<RunningEdge> =>
    startEdge({
      port,
      host: '127.0.0.1',
      bundlesFolder,
      pageFolder,
      defaultBundle: bundles[0],
      threads: 1,
      stopTimeoutMs: 1000,
      onRequest: ({ method, path }) => requests.push(`${method} ${path}`),
    })
  let edge = await open(0)
  const { port, origin } = edge
  const stop = (): Promise<void> => edge.close()
  return {
    origin,
    takeRequests: () => {
      const taken = requests
      requests = []
      return taken
    },
    stop,
    start: async () => {
      edge = await open(port)
    },
    close: async () => {
      await stop()
      await remove()
    },
  }
}

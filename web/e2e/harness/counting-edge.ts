import { startEdge, type RunningEdge } from '../../../edge/start-edge.ts'

export interface CountingEdge {
  readonly origin: string
  /** Requests since the last call, as `METHOD path`, in the order in which they were answered. */
  takeRequests(): string[]
  stop(): Promise<void>
  /** Comes back on the same port. */
  start(): Promise<void>
}

/** A real edge that tells what it was asked, and that can go away and come back. */
export async function startCountingEdge(bundlesFolder: string, pageFolder: string): Promise<CountingEdge> {
  let requests: string[] = []
  const open = (port: number): Promise<RunningEdge> =>
    startEdge({
      port,
      host: '127.0.0.1',
      bundlesFolder,
      pageFolder,
      defaultBundle: 'walkers',
      stopTimeoutMs: 1000,
      onRequest: ({ method, path }) => requests.push(`${method} ${path}`),
    })
  let edge = await open(0)
  const { port, origin } = edge
  return {
    origin,
    takeRequests: () => {
      const taken = requests
      requests = []
      return taken
    },
    stop: () => edge.close(),
    start: async () => {
      edge = await open(port)
    },
  }
}

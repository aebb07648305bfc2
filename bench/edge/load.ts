import { openConnection, type HttpConnection } from './http-connection.ts'

export interface LoadResult {
  readonly seconds: number
  readonly answered: number
  /** Answers that were not 200. */
  readonly refused: number
  readonly latenciesMs: readonly number[]
}

const warmUpMs = 1000

async function withConnections<Result>(
  port: number,
  count: number,
  work: (connections: HttpConnection[]) => Promise<Result>,
): Promise<Result> {
  const connections = await Promise.all(Array.from({ length: count }, () => openConnection(port)))
  try {
    return await work(connections)
  } finally {
    for (const connection of connections) connection.close()
  }
}

/**
 * As many senders as there are connections, each sending its next request as soon as the last is answered.
 */
export function closedLoop(
  port: number,
  request: Buffer,
  connections: number,
  seconds: number,
): Promise<LoadResult> {
  return withConnections(port, connections, async (open) => {
    const latenciesMs: number[] = []
    let refused = 0
    const beginsAt = performance.now() + warmUpMs
    const endsAt = beginsAt + seconds * 1000
    await Promise.all(
      open.map(async (connection) => {
        for (let startedAt = performance.now(); startedAt < endsAt; startedAt = performance.now()) {
          const status = await connection.send(request)
          const now = performance.now()
          if (now < beginsAt || now > endsAt) continue
          if (status === 200) latenciesMs.push(now - startedAt)
          else refused++
        }
      }),
    )
    return { seconds, answered: latenciesMs.length, refused, latenciesMs }
  })
}

/** One request after the other with a pause in between: latency where nobody else asks. */
export function oneByOne(
  port: number,
  request: Buffer,
  pauseMs: number,
  seconds: number,
): Promise<LoadResult> {
  return withConnections(port, 1, async ([connection]) => {
    const latenciesMs: number[] = []
    const endsAt = performance.now() + seconds * 1000
    while (performance.now() < endsAt) {
      const startedAt = performance.now()
      await connection?.send(request)
      latenciesMs.push(performance.now() - startedAt)
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
    return { seconds, answered: latenciesMs.length, refused: 0, latenciesMs }
  })
}

/**
 * Requests at a fixed rate, whatever becomes of those before. A latency counts from when a request was due,
 * so that a slow answer is not hidden by requests that were never sent because of it.
 */
export function fixedRate(
  port: number,
  request: Buffer,
  perSecond: number,
  seconds: number,
): Promise<LoadResult> {
  return withConnections(port, 100, async (free) => {
    const latenciesMs: number[] = []
    let refused = 0
    const all = [...free]
    const due: number[] = []
    const beginsAt = performance.now() + warmUpMs
    const endsAt = beginsAt + seconds * 1000
    let nextAt = performance.now()
    const pending = new Set<Promise<void>>()

    const sendDue = (): void => {
      while (due.length > 0 && free.length > 0) {
        const dueAt = due.shift() ?? 0
        const connection = free.pop()
        if (connection === undefined) return
        const sent: Promise<void> = connection.send(request).then((status) => {
          free.push(connection)
          pending.delete(sent)
          if (dueAt >= beginsAt && status === 200) latenciesMs.push(performance.now() - dueAt)
          else if (dueAt >= beginsAt) refused++
          sendDue()
        })
        pending.add(sent)
      }
    }
    while (performance.now() < endsAt) {
      for (; nextAt <= performance.now(); nextAt += 1000 / perSecond) due.push(nextAt)
      sendDue()
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
    while (pending.size > 0 || due.length > 0) await Promise.all(pending)
    free.length = 0
    free.push(...all)
    return { seconds, answered: latenciesMs.length, refused, latenciesMs }
  })
}

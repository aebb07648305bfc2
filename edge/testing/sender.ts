import { Agent, request } from 'node:http'

export interface SenderCounts {
  answered: number
  /**
   * 503 that say when to come again, and connections that broke before a byte of an answer: a proxy sends
   * these to the next edge.
   */
  retriable: number
  /** Anything else, in words: an answer that was begun and not ended, or a fault. */
  readonly lost: string[]
}

interface Outcome {
  readonly kind: 'answered' | 'retriable' | 'lost'
  readonly what: string
}

function send(origin: string, path: string, type: string, body: Uint8Array, agent: Agent): Promise<Outcome> {
  return new Promise((resolve) => {
    const asked = request(origin + path, {
      method: 'POST',
      agent,
      timeout: 30_000,
      headers: { 'Content-Type': type, 'Content-Length': body.byteLength },
    })
    asked.on('timeout', () => asked.destroy(new Error('no answer in 30 s')))
    asked.on('error', ({ message, code }: NodeJS.ErrnoException) => {
      const isConnection = code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EPIPE'
      resolve({ kind: isConnection ? 'retriable' : 'lost', what: message })
    })
    asked.on('response', (response) => {
      const { statusCode = 0, headers } = response
      const isRetriable = statusCode === 503 && headers['retry-after'] !== undefined
      response.on('error', ({ message }) => resolve({ kind: 'lost', what: `an answer was cut: ${message}` }))
      response.on('end', () =>
        resolve({
          kind: statusCode === 200 ? 'answered' : isRetriable ? 'retriable' : 'lost',
          what: `status ${statusCode}`,
        }),
      )
      response.resume()
    })
    asked.end(body)
  })
}

/** Senders that ask one frame after the other, until `stop`, whose result says what became of all. */
export function startSenders(
  origin: string,
  path: string,
  type: string,
  body: Uint8Array,
  count: number,
): { readonly counts: SenderCounts; stop(): Promise<SenderCounts> } {
  const counts: SenderCounts = { answered: 0, retriable: 0, lost: [] }
  const agent = new Agent({ keepAlive: true, maxSockets: count })
  let isStopped = false
  const sending = Promise.all(
    Array.from({ length: count }, async () => {
      while (!isStopped) {
        const { kind, what } = await send(origin, path, type, body, agent)
        if (kind === 'lost') counts.lost.push(what)
        else counts[kind]++
        // An edge that is gone is not asked in a circle.
        if (kind === 'retriable') await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }),
  )
  return {
    counts,
    async stop() {
      isStopped = true
      await sending
      agent.destroy()
      return counts
    },
  }
}

import { openConnection, type HttpConnection } from './http-connection.ts'

export interface SoakWindow {
  readonly sent: number
  readonly latenciesMs: readonly number[]
  /** 503 that say when to come again. */
  readonly refused: number
  /** Due while all connections waited for an answer: a client of its own would have had to wait as well. */
  readonly unsent: number
  /** Any other answer, and connections that broke. */
  readonly faults: readonly string[]
}

const isRefusal = (head: string): boolean =>
  /^HTTP\/1\.1 503 /.test(head) && /\r\nretry-after: *\d+/i.test(head)

/**
 * Frames at a fixed rate over connections that are kept. One that has no free connection when it is due is
 * counted and not sent, so that a burst is over when it is over.
 */
export class SoakLoad {
  readonly #connections: HttpConnection[] = []
  readonly #free: HttpConnection[] = []
  readonly #request: Buffer

  private constructor(request: Buffer) {
    this.#request = request
  }

  static async open(port: number, request: Buffer, connections: number): Promise<SoakLoad> {
    const load = new SoakLoad(request)
    for (let index = 0; index < connections; index++) {
      const connection = await openConnection(port)
      load.#connections.push(connection)
      load.#free.push(connection)
    }
    return load
  }

  async run(perSecond: number, seconds: number): Promise<SoakWindow> {
    const latenciesMs: number[] = []
    const faults: string[] = []
    let [sent, refused, unsent] = [0, 0, 0]
    const pending = new Set<Promise<void>>()
    const send = async (connection: HttpConnection): Promise<void> => {
      const startedAt = performance.now()
      try {
        const status = await connection.send(this.#request)
        if (status === 200) latenciesMs.push(performance.now() - startedAt)
        else if (isRefusal(connection.lastHead)) refused++
        else faults.push(connection.lastHead.slice(0, 200))
        this.#free.push(connection)
      } catch (thrown) {
        faults.push(String(thrown))
      }
    }
    const beginsAt = performance.now()
    for (let due = 0; performance.now() < beginsAt + seconds * 1000;) {
      const wanted = Math.floor(((performance.now() - beginsAt) / 1000) * perSecond)
      for (; due < wanted; due++) {
        const connection = this.#free.shift()
        if (connection === undefined) {
          unsent++
          continue
        }
        sent++
        const one: Promise<void> = send(connection).finally(() => pending.delete(one))
        pending.add(one)
      }
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await Promise.all(pending)
    return { sent, latenciesMs, refused, unsent, faults }
  }

  /** Frames a second where as many as `senders` wait for their answers all the time. */
  async capacity(senders: number, seconds: number): Promise<number> {
    let answered = 0
    const endsAt = performance.now() + seconds * 1000
    const own = this.#free.splice(0, senders)
    await Promise.all(
      own.map(async (connection) => {
        while (performance.now() < endsAt) if ((await connection.send(this.#request)) === 200) answered++
      }),
    )
    this.#free.push(...own)
    return answered / seconds
  }

  close(): void {
    for (const connection of this.#connections) connection.close()
  }
}

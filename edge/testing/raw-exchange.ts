import { connect } from 'node:net'

export interface RawAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

export interface RawExchange {
  readonly answers: readonly RawAnswer[]
  /** The edge neither answered nor hung up in time. */
  readonly isStalled: boolean
}

/** A body in chunks, and where it ends. */
function readChunks(text: string, from: number): { body: string; end: number } {
  let [body, position] = ['', from]
  for (;;) {
    const lineEnd = text.indexOf('\r\n', position)
    const size = lineEnd < 0 ? NaN : parseInt(text.slice(position, lineEnd), 16)
    if (!(size > 0)) return { body, end: lineEnd < 0 ? text.length : lineEnd + 4 }
    body += text.slice(lineEnd + 2, lineEnd + 2 + size)
    position = lineEnd + 4 + size
  }
}

/** Takes apart what came over a connection. Throws where that is no sequence of HTTP answers. */
export function parseAnswers(text: string, isHead: boolean): RawAnswer[] {
  const answers: RawAnswer[] = []
  let position = 0
  while (position < text.length) {
    const headEnd = text.indexOf('\r\n\r\n', position)
    const [statusLine = '', ...lines] = text.slice(position, headEnd).split('\r\n')
    const status = Number(/^HTTP\/1\.1 (\d{3})( |$)/.exec(statusLine)?.[1])
    if (headEnd < 0 || Number.isNaN(status))
      throw new Error(`No HTTP answer at ${position}: ${JSON.stringify(text.slice(position, position + 80))}`)
    const headers = new Map(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    )
    const bodyStart = headEnd + 4
    let read = { body: '', end: bodyStart }
    const length = Number(headers.get('content-length') ?? NaN)
    // Where the head could not be read, nobody knows that it asked for no body; the connection ends behind
    // it.
    const isBare = isHead && text.startsWith('HTTP/1.1 ', bodyStart)
    const hasNone =
      status < 200 || status === 204 || status === 304 || isBare || (isHead && bodyStart === text.length)
    if (!hasNone && headers.get('transfer-encoding') === 'chunked') read = readChunks(text, bodyStart)
    else if (!hasNone && Number.isFinite(length))
      read = { body: text.slice(bodyStart, bodyStart + length), end: bodyStart + length }
    else if (!hasNone) read = { body: text.slice(bodyStart), end: text.length }
    if (status >= 200) answers.push({ status, headers, body: read.body })
    position = read.end
  }
  return answers
}

export interface RawRequest {
  readonly bytes: Buffer
  /** The sender goes away without a word, in place of saying that it has sent all. */
  readonly isCut?: boolean | undefined
}

/** Sends bytes as they are, says that no more come, and reads until the edge has hung up. */
export async function exchangeRaw(
  port: number,
  { bytes, isCut = false }: RawRequest,
  limitMs = 30_000,
): Promise<RawExchange> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    const chunks: Buffer[] = []
    const finish = (isStalled: boolean): void => {
      clearTimeout(timer)
      socket.destroy()
      try {
        resolve({
          answers: parseAnswers(
            Buffer.concat(chunks).toString('latin1'),
            /^HEAD /.test(bytes.toString('latin1', 0, 5)),
          ),
          isStalled,
        })
      } catch (thrown) {
        reject(thrown instanceof Error ? thrown : new Error(String(thrown)))
      }
    }
    const timer = setTimeout(() => finish(true), limitMs)
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    // A reset behind a refusal is no loss: what was refused may still be on its way.
    socket.on('error', () => undefined)
    socket.on('close', () => finish(false))
    socket.on('end', () => socket.end())
    socket.on('connect', () => {
      if (isCut) socket.write(bytes, () => finish(false))
      else socket.end(bytes)
    })
  })
}

import { createRandom } from '../../core/random.ts'
import { errorStatus } from '../../core/wire/errors.ts'
import { errorBodySchema } from '../../core/wire/error-body.ts'
import { securityHeaders } from '../http/security-headers.ts'
import {
  drawMalformed,
  malformedKinds,
  type MalformedRequest,
  type MalformedTarget,
} from './malformed-requests.ts'
import { exchangeRaw, type RawAnswer } from './raw-exchange.ts'

export interface PlayedMalformed {
  readonly sent: number
  readonly answered: number
  /** How many answers had which status. */
  readonly byStatus: Readonly<Record<number, number>>
  /** 5xx that are not a 503 which says when to come again. */
  readonly serverErrors: number
  /** Whatever else is wrong with an answer; each with its seed and what was sent. */
  readonly failures: readonly string[]
}

const required = [...Object.keys(securityHeaders), 'X-Request-Id'].map((name) => name.toLowerCase())

const isServerError = ({ status, headers }: RawAnswer): boolean =>
  status >= 500 && !(status === 503 && headers.has('retry-after'))

/** What is wrong with an answer; undefined where nothing is. */
function fault(answer: RawAnswer, isHead: boolean): string | undefined {
  const { status, headers, body } = answer
  const missing = required.filter((name) => !headers.has(name))
  if (missing.length > 0) return `${status} without ${missing.join(', ')}`
  if (isServerError(answer)) return `${status}: ${body.slice(0, 200)}`
  if (status < 400 || isHead) return undefined
  try {
    const { code } = errorBodySchema.parse(JSON.parse(body)).error
    return code in errorStatus ? undefined : `${status} with the code ${code}`
  } catch {
    return `${status} without a code: ${JSON.stringify(body.slice(0, 200))}`
  }
}

async function play(
  port: number,
  request: MalformedRequest,
): Promise<{ answers: readonly RawAnswer[]; faults: string[] }> {
  const isHead = /^HEAD /.test(request.bytes.toString('latin1', 0, 5))
  try {
    const { answers, isStalled } = await exchangeRaw(port, request)
    const faults = answers.flatMap((answer) => fault(answer, isHead) ?? [])
    if (isStalled) faults.push('neither answered nor closed')
    if (answers.length > (request.mostAnswers ?? Infinity)) faults.push(`${answers.length} answers`)
    return { answers, faults }
  } catch (thrown) {
    return { answers: [], faults: [String(thrown)] }
  }
}

/** Sends `count` drawn requests over connections of their own, every kind as often, a few at once. */
export async function playMalformed(
  port: number,
  count: number,
  seed: number,
  target: MalformedTarget,
): Promise<PlayedMalformed> {
  const byStatus: Record<number, number> = {}
  const failures: string[] = []
  let [next, answered, serverErrors] = [0, 0, 0]
  const sender = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const kind = malformedKinds[index % malformedKinds.length] ?? 'noise'
      const request = drawMalformed(kind, createRandom(`${seed}-${index}`), target)
      const { answers, faults } = await play(port, request)
      if (answers.length > 0) answered++
      for (const answer of answers) {
        byStatus[answer.status] = (byStatus[answer.status] ?? 0) + 1
        if (isServerError(answer)) serverErrors++
      }
      for (const what of faults)
        failures.push(
          `${kind} ${seed}-${index}: ${what}; sent ${JSON.stringify(request.bytes.toString('latin1').slice(0, 400))}`,
        )
    }
  }
  await Promise.all(Array.from({ length: 12 }, sender))
  return { sent: count, answered, byStatus, serverErrors, failures }
}

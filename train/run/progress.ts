import type { StepReport } from '../parallel/job.ts'

const barWidth = 24
/** Where nobody watches, a line now and then is enough. */
const plainIntervalMs = 15_000
const liveIntervalMs = 200

/** 75 → "1m 15s". */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)]
  if (hours > 0) return `${hours}h ${minutes}m`
  return minutes > 0 ? `${minutes}m ${whole % 60}s` : `${whole}s`
}

/** What is written to: `process.stderr`, or anything else that takes text. */
export interface ProgressStream {
  /** Whether a line can be written over. */
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** One line that lives on a terminal, and plain lines elsewhere (CI, a log file). */
export class Progress {
  readonly #stream: ProgressStream
  #lastWrite = 0
  #loss = 0
  #accuracy = 0
  #startedAt = performance.now()
  #imagesSeen = 0
  #firstStep = 0

  constructor(stream: ProgressStream = process.stderr) {
    this.#stream = stream
  }

  /** A heading, or anything else that stays. */
  say(text: string): void {
    this.#clear()
    this.#stream.write(`${text}\n`)
  }

  start(firstStep = 0): void {
    this.#startedAt = performance.now()
    this.#imagesSeen = 0
    this.#firstStep = firstStep
    this.#lastWrite = 0
  }

  /** Step of a training: loss, accuracy, images per second, time left. */
  step(name: string, report: StepReport): void {
    const isFirst = report.step === this.#firstStep + 1
    this.#loss = isFirst ? report.loss : 0.95 * this.#loss + 0.05 * report.loss
    this.#accuracy = isFirst ? report.accuracy : 0.95 * this.#accuracy + 0.05 * report.accuracy
    this.#imagesSeen += report.images
    const rate = this.#imagesSeen / ((performance.now() - this.#startedAt) / 1000)
    const facts = `loss ${this.#loss.toFixed(3)}  accuracy ${(this.#accuracy * 100).toFixed(1)} %  ${rate.toFixed(0)} images/s`
    this.count(name, report.step, report.steps, facts, this.#firstStep)
  }

  /** Anything that goes from 0 to `of`. */
  count(name: string, done: number, of: number, facts = '', first = 0): void {
    const isLast = done >= of
    const interval = this.#stream.isTTY === true ? liveIntervalMs : plainIntervalMs
    const now = performance.now()
    if (now - this.#lastWrite < interval && !isLast) return
    this.#lastWrite = now
    const elapsed = (now - this.#startedAt) / 1000
    const left = done > first ? (elapsed * (of - done)) / (done - first) : 0
    const filled = Math.round((barWidth * done) / of)
    const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}`
    const line = `${name.padEnd(14)} ${this.#stream.isTTY === true ? `${bar} ` : ''}${done}/${of}  ${facts}  ${isLast ? formatDuration(elapsed) : `${formatDuration(left)} left`}`
    this.#clear()
    this.#stream.write(this.#stream.isTTY === true && !isLast ? line : `${line}\n`)
  }

  #clear(): void {
    if (this.#stream.isTTY === true) this.#stream.write('\r\u001b[K')
  }
}

import { giveWay as giveWayOnPage, type GiveWay } from '../platform/give-way.ts'
import type { FrameRecord } from './frame-record.ts'
import type { StreamLatencies, StreamTotals } from './stream-log.ts'

/** A stream as it leaves the app. `frames` are those that the log still holds; `totals` are over all. */
export interface StreamLogExport {
  readonly bundle: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly frames: readonly FrameRecord[]
  readonly totals: StreamTotals & StreamLatencies
}

/** So many frames are written between two looks at the clock. */
const stepFrames = 100

/**
 * What a file is made of: joined, it is the text. Written step by step, since a long stream is a second's
 * work.
 */
async function writeFrames(
  frames: readonly FrameRecord[],
  write: (frames: readonly FrameRecord[]) => string,
  giveWay: GiveWay,
): Promise<string[]> {
  const parts: string[] = []
  for (let start = 0; start < frames.length; start += stepFrames) {
    parts.push(write(frames.slice(start, start + stepFrames)))
    await giveWay()
  }
  return parts
}

/** The log as JSON, in parts. */
export async function streamLogJson(
  { frames, ...facts }: StreamLogExport,
  giveWay: GiveWay = giveWayOnPage,
): Promise<string[]> {
  const parts = await writeFrames(
    frames,
    (some) => some.map((frame) => JSON.stringify(frame)).join(',\n'),
    giveWay,
  )
  const head = JSON.stringify(facts, null, 1).replace(/\n}$/, ',\n "frames": [\n')
  return [head, ...parts.flatMap((part, index) => (index === 0 ? [part] : [',\n', part])), '\n]}\n']
}

const columns = [
  'index',
  'name',
  'trueLabel',
  'label',
  'certainty',
  'sureness',
  'entropyNats',
  'thresholdNats',
  'outcome',
  'network',
  'answeredBy',
  'edgeEntropyNats',
  'latencyMs',
  'localLatencyMs',
  'switchedTo',
  'bytesUp',
  'bytesDown',
] as const satisfies readonly (keyof FrameRecord)[]

/**
 * A cell as RFC 4180 has it. A text that a spreadsheet would take for a formula gets an apostrophe in front:
 * file and class names come from outside.
 */
function cell(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The frames as a table, one line each, with a header (RFC 4180), in parts. */
export async function streamLogCsv(
  frames: readonly FrameRecord[],
  giveWay: GiveWay = giveWayOnPage,
): Promise<string[]> {
  const line = (frame: FrameRecord): string => `${columns.map((column) => cell(frame[column])).join(',')}\r\n`
  return [
    `${columns.join(',')}\r\n`,
    ...(await writeFrames(frames, (some) => some.map(line).join(''), giveWay)),
  ]
}

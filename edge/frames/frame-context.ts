import type { Context } from 'hono'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import {
  auditHeader,
  hitsHeader,
  hitsLimit,
  holdsHeader,
  parseHolds,
  type HeldPartition,
} from '../../core/wire/frames.ts'
import { checkedHeader, checkedPattern, learnHeader, learnStreamPattern } from '../../core/wire/places.ts'

export interface ReadFrameContext {
  /** Undefined where the device does not say: it has no use for a partition now. */
  readonly holds: readonly HeldPartition[] | undefined
  /** The class that the device gave a hit that is to be checked. */
  readonly auditOf: number | undefined
  readonly hits: number
  /** Names the stream of a frame that may be kept; undefined where it may not. */
  readonly learnStream: string | undefined
  /** See `checkedHeader`. */
  readonly checked: readonly boolean[]
}

function wholeNumber(name: string, text: string | undefined, below: number): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d{1,7}$/.test(text) ? Number(text) : NaN
  if (value < below) return value
  throw new CacheNetError('request-invalid', `The header ${name} has a whole number below ${below}.`, {
    header: name,
  })
}

function streamOf(text: string | undefined): string | undefined {
  if (text === undefined || learnStreamPattern.test(text)) return text
  throw new CacheNetError('request-invalid', `The header ${learnHeader} names a stream.`, {
    header: learnHeader,
  })
}

function checksOf(text: string | undefined): readonly boolean[] {
  if (text === undefined) return []
  if (checkedPattern.test(text)) return Array.from(text, (digit) => digit === '1')
  throw new CacheNetError('request-invalid', `The header ${checkedHeader} has digits 0 and 1.`, {
    header: checkedHeader,
  })
}

/** What a frame's headers say of the device. Throws `request-invalid`. */
export function readFrameContext(c: Context, { classNames }: Manifest): ReadFrameContext {
  const held = c.req.header(holdsHeader)
  return {
    holds: held === undefined ? undefined : parseHolds(held),
    auditOf: wholeNumber(auditHeader, c.req.header(auditHeader), classNames.length),
    learnStream: streamOf(c.req.header(learnHeader)),
    checked: checksOf(c.req.header(checkedHeader)),
    hits: wholeNumber(hitsHeader, c.req.header(hitsHeader), hitsLimit) ?? 0,
  }
}

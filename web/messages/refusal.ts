import { trustCodes } from '../../core/trust/refusal.ts'
import { CacheNetError } from '../../core/wire/errors.ts'

/** Of a stored manifest: why the edge's own was not taken. Absent where there was nothing to refuse. */
export const refusalHeader = 'x-cachenet-refusal'

/** Headers are ASCII. */
export const encodeRefusal = (refusal: CacheNetError): string =>
  encodeURIComponent(JSON.stringify(refusal.toBody()))

/** Why the edge's own manifest was not taken; undefined where the header says nothing that can be read. */
export function readRefusal(headers: Headers): CacheNetError | undefined {
  try {
    const error = CacheNetError.fromBody(JSON.parse(decodeURIComponent(headers.get(refusalHeader) ?? '')))
    return trustCodes.has(error.code) ? error : undefined
  } catch {
    return undefined
  }
}

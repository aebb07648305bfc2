import { pixelDefinition } from '../../core/image/decode-picture.ts'
import type { Place } from '../../core/streams/place.ts'
import type { Dataset } from './dataset.ts'

interface NotedIdentity {
  readonly classNames: readonly string[]
  readonly digest: string
  readonly pixels: number
  readonly places: readonly Place[] | null
}

/** What a run notes of its data, so that it goes on with the same only. */
export const dataIdentity = ({ classNames, digest, places }: Dataset): NotedIdentity => ({
  classNames,
  digest,
  pixels: pixelDefinition,
  places: places ?? null,
})

import { pixelDefinition } from '../../core/image/decode-picture.ts'
import type { Dataset } from './dataset.ts'

/** What a run notes of its data, so that it goes on with the same only. */
export const dataIdentity = ({
  classNames,
  digest,
}: Dataset): { classNames: readonly string[]; digest: string; pixels: number } => ({
  classNames,
  digest,
  pixels: pixelDefinition,
})

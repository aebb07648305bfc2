import { createHash } from 'node:crypto'
import { parseManifest } from '../../../core/bundle/parse-manifest.ts'
import type { PlaceFile } from '../../../core/places/place-file.ts'
import { samplePlaceFile } from '../../../core/testing/sample-place-file.ts'
import { apiPaths } from '../../../core/wire/frames.ts'
import { placeListSchema, type PlaceList } from '../../../core/wire/places.ts'
import { useTemperedStage, type TemperedStage } from './tempered-stage.ts'

export interface LearningStage {
  readonly stage: TemperedStage
  /** What the edge keeps of a bundle's places. */
  readonly kept: (bundle?: string) => Promise<PlaceList>
  /** A place that another edge learned for a bundle of this one. */
  readonly placeFile: (bundle: string) => Promise<PlaceFile>
}

/** An edge that may learn places of two bundles, and the page: for the tests of a file. */
export function useLearningStage(): LearningStage {
  const stage = useTemperedStage({ learns: ['unsure', 'keen'] })
  return {
    stage,
    kept: async (bundle = 'unsure') =>
      placeListSchema.parse(await (await fetch(`${stage.proxy.origin}${apiPaths.places(bundle)}`)).json()),
    async placeFile(bundle) {
      const answer = await fetch(`${stage.proxy.origin}${apiPaths.manifest(bundle)}`)
      return samplePlaceFile(
        parseManifest(await answer.json()),
        (bytes) => createHash('sha256').update(bytes).digest('hex'),
        (bytes) => Buffer.from(bytes).toString('base64'),
      )
    },
  }
}

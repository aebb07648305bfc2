import { learnedNetworkOf, placeFileSchema, type PlaceFile } from '../../core/places/place-file.ts'
import type { Sight } from '../../core/places/find-places.ts'
import { whyNotLearnable } from '../../core/places/belief-rows.ts'
import {
  withLearned,
  withLessCertain,
  withoutLearned,
  type EncodedManifest,
  type LearnedPlace,
} from '../../core/places/learned-bundle.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { StoredBundle } from '../bundles/stored-bundle.ts'
import { encodedOf, hashOf, publishVersion, whyNotPublished, type Publishing } from './publish-version.ts'

/** How much of its certainty a place that drifted keeps: its logits are divided by so much more. */
const lessCertain = 1.5

/** New versions of a bundle, for what was learned of its places. Each throws what publishing throws. */
export interface PlaceVersions {
  /** Why nothing can be learned or published, in a sentence; undefined where it can. */
  trouble(): string | undefined
  publishLearned(served: StoredBundle, place: LearnedPlace, blob: Uint8Array<ArrayBuffer>): Promise<void>
  publishWithout(places: readonly string[]): Promise<void>
  publishLessCertain(place: string): Promise<void>
  /** The place that has just these weights. */
  placeOf(sha256: string): string | undefined
  /** A learned place as a file. Throws `place-not-learned`. */
  fileOf(place: string, name: string, sight: Sight | undefined): PlaceFile
  /**
   * What a file says, held against the bundle that is served. Throws `request-invalid` where it is no file of
   * a place, or one of another bundle or full model.
   */
  readFile(content: unknown): { readonly file: PlaceFile; readonly blob: Uint8Array<ArrayBuffer> }
}

export function createPlaceVersions(bundleId: string, publishing: Publishing): PlaceVersions {
  const bundle = (): StoredBundle => publishing.store.get(bundleId)
  const publishIfChanged = async (change: (before: EncodedManifest) => EncodedManifest): Promise<void> => {
    const served = bundle()
    const before = encodedOf(served)
    const next = change(before)
    if (next !== before) await publishVersion(publishing, served, next, new Map())
  }
  return {
    trouble: () => whyNotLearnable(bundle().manifest) ?? whyNotPublished(bundle(), publishing.key),
    async publishLearned(served, place, blob) {
      const next = withLearned(encodedOf(served), place, hashOf)
      await publishVersion(publishing, served, next, new Map([[place.result.whole.sha256, blob]]))
    },
    publishWithout: (places) =>
      publishIfChanged((before) =>
        places.reduce((one, place) => withoutLearned(one, place, new Date(), hashOf), before),
      ),
    publishLessCertain: (place) =>
      publishIfChanged((before) => withLessCertain(before, place, lessCertain, new Date())),
    placeOf: (sha256) =>
      bundle().manifest.partitions.find(({ whole }) => whole.sha256 === sha256)?.learned?.place,
    fileOf(place, name, sight) {
      const served = bundle()
      const { manifest } = served
      const learned = learnedNetworkOf(manifest, place)
      if (learned === undefined)
        throw new CacheNetError(
          'place-not-learned',
          'Nothing was learned of this place yet, so that there is nothing to export.',
          {},
        )
      const { whole } = learned.network
      return {
        kind: 'cachenet-place',
        version: 1,
        bundle: bundleId,
        fullSha256: manifest.full.whole.sha256,
        name,
        at: learned.at,
        ...(sight === undefined ? {} : { sight: { code: [...sight.code], classes: [...sight.classes] } }),
        network: learned.network,
        weights: Buffer.from(served.blob(whole.sha256)).toString('base64'),
      }
    },
    readFile(content) {
      const refuse = (why: string): CacheNetError => new CacheNetError('request-invalid', why, {})
      const parsed = placeFileSchema.safeParse(content)
      if (!parsed.success) throw refuse('That is no file of a learned place.')
      const file = parsed.data
      const { manifest } = bundle()
      if (file.bundle !== bundleId)
        throw refuse(`The place is of the bundle ${file.bundle}, and this is ${bundleId}.`)
      if (file.fullSha256 !== manifest.full.whole.sha256)
        throw refuse('Another full model taught this place: its answers are not this bundle’s.')
      const blob = new Uint8Array(Buffer.from(file.weights, 'base64'))
      const { bytes, sha256 } = file.network.whole
      if (blob.byteLength !== bytes || hashOf(blob) !== sha256)
        throw refuse('The weights of the place are damaged. Export it again.')
      return { file, blob }
    },
  }
}

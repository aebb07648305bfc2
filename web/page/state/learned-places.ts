import { signal, type ReadonlySignal } from '@preact/signals'
import type { EdgeApi } from '../../../core/client/edge-api.ts'
import type { PlacePicture } from '../../../core/wire/place-pictures.ts'
import type { PlaceReport } from '../../../core/wire/place-report.ts'
import type { PlaceList } from '../../../core/wire/places.ts'
import { CacheNetError } from '../../../core/wire/errors.ts'
import { within } from '../platform/within.ts'

/** The places that an edge learned, as a person sees them. */
export interface LearnedPlaces {
  /** Undefined until the edge has said it. */
  readonly list: ReadonlySignal<PlaceList | undefined>
  /** What went wrong last, in a sentence. */
  readonly trouble: ReadonlySignal<string | undefined>
  /** True while a place is being forgotten, renamed, exported or imported. */
  readonly isBusy: ReadonlySignal<boolean>
  /** Asks the edge. Never rejects. */
  refresh(signal: AbortSignal): Promise<void>
  /** Has the edge delete a place, or all; then asks again. Never rejects. */
  forget(signal: AbortSignal, placeId?: string): Promise<void>
  /** Has the edge call a place otherwise; then asks again. Never rejects. */
  rename(signal: AbortSignal, placeId: string, name: string): Promise<void>
  /** A learned place as a file; undefined where the edge has none. Never rejects. */
  exportPlace(signal: AbortSignal, placeId: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** All that the edge knows of a place. Rejects with its refusal, `edge-timeout` or `aborted`. */
  report(signal: AbortSignal, placeId: string): Promise<PlaceReport>
  /**
   * Frames that the edge keeps of a place; none where it keeps none, or does not answer. One place after the
   * other, so that a list of many places asks for little at once. Never rejects.
   */
  pictures(signal: AbortSignal, placeId: string): Promise<readonly PlacePicture[]>
  /** Gives the edge a place in a file; then asks again. Never rejects. */
  importPlace(signal: AbortSignal, file: Blob): Promise<void>
}

const askLimitMs = 8_000
/** A bundle is written anew, and every blob of it is checked. */
const changeLimitMs = 60_000

export function createLearnedPlaces(
  api: Pick<
    EdgeApi,
    | 'listPlaces'
    | 'reportPlace'
    | 'placePictures'
    | 'forgetPlace'
    | 'renamePlace'
    | 'exportPlace'
    | 'importPlace'
  >,
  bundleId: string,
): LearnedPlaces {
  const list = signal<PlaceList | undefined>(undefined)
  const trouble = signal<string | undefined>(undefined)
  const isBusy = signal(false)
  let picturesBefore: Promise<unknown> = Promise.resolve()

  const attempt = async (
    aborting: AbortSignal,
    limitMs: number,
    work: (limited: AbortSignal) => Promise<void>,
  ) => {
    try {
      await within(aborting, limitMs, 'edge-timeout', work)
      trouble.value = undefined
    } catch (thrown) {
      if (!aborting.aborted) trouble.value = CacheNetError.from(thrown).message
    }
  }
  const refresh = (aborting: AbortSignal): Promise<void> =>
    attempt(aborting, askLimitMs, async (limited) => {
      list.value = await api.listPlaces(limited, bundleId)
    })
  const change = async (
    aborting: AbortSignal,
    work: (limited: AbortSignal) => Promise<void>,
  ): Promise<void> => {
    if (isBusy.value) return
    isBusy.value = true
    try {
      await attempt(aborting, changeLimitMs, async (limited) => {
        await work(limited)
        list.value = await api.listPlaces(limited, bundleId)
      })
    } finally {
      isBusy.value = false
    }
  }
  return {
    list,
    trouble,
    isBusy,
    refresh,
    forget: (aborting, placeId) => change(aborting, (limited) => api.forgetPlace(limited, bundleId, placeId)),
    rename: (aborting, placeId, name) =>
      change(aborting, (limited) => api.renamePlace(limited, bundleId, placeId, name)),
    async exportPlace(aborting, placeId) {
      let file: Uint8Array<ArrayBuffer> | undefined
      await change(aborting, async (limited) => {
        file = await api.exportPlace(limited, bundleId, placeId)
      })
      return file
    },
    report: (aborting, placeId) =>
      within(aborting, askLimitMs, 'edge-timeout', (limited) => api.reportPlace(limited, bundleId, placeId)),
    pictures(aborting, placeId) {
      const asked = picturesBefore
        .then(() =>
          within(aborting, askLimitMs, 'edge-timeout', (limited) =>
            api.placePictures(limited, bundleId, placeId),
          ),
        )
        .catch(() => [])
      picturesBefore = asked
      return asked
    },
    importPlace: (aborting, file) =>
      change(aborting, async (limited) => {
        await api.importPlace(limited, bundleId, file)
      }),
  }
}

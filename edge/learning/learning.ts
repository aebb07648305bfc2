import type { PlaceFile } from '../../core/places/place-file.ts'
import type { PlacePicture } from '../../core/wire/place-pictures.ts'
import type { PlaceReport } from '../../core/wire/place-report.ts'
import type { PlaceList } from '../../core/wire/places.ts'
import type { StoredBundle } from '../bundles/stored-bundle.ts'
import type { FrameInference, FramePriority } from '../inference/inference.ts'

/** A frame that a person lets the edge keep, with its answer. */
export interface FrameToKeep {
  readonly bundle: StoredBundle
  /** Whose it is, as its phone names it. */
  readonly stream: string
  readonly kind: FramePriority
  /** Of the frames of its stream before it: see `checkedHeader`. */
  readonly checked?: readonly boolean[] | undefined
  /** RGB bytes of the size that the networks read. */
  readonly pixels: Uint8Array
  readonly found: Pick<FrameInference, 'logits' | 'codeLogits'>
}

/**
 * Learns the places of those who want it, for the bundles that it is switched on for. Where several edges
 * share their places, everything but `learns` and `keep` may reject with `learning-away`.
 */
export interface Learning {
  /** Whether this edge is the one that keeps, trains and publishes; alone it is. */
  readonly isKeeper: boolean
  /** Frames that could not be kept since it was opened. */
  readonly framesLost: number
  learns(bundleId: string): boolean
  /** Never waits and never throws: a frame that cannot be kept now is not kept. */
  keep(frame: FrameToKeep): void
  /** Rejects with `learning-off`. */
  list(bundleId: string): Promise<PlaceList>
  /** All that is known of a place. Rejects with `learning-off` or `place-unknown`. */
  report(bundleId: string, placeId: string): Promise<PlaceReport>
  /**
   * A few of its kept frames, spread over all of them; none where none is kept, or may be shown. Rejects with
   * `learning-off` or `place-unknown`.
   */
  pictures(bundleId: string, placeId: string): Promise<PlacePicture[]>
  /** Rejects with `learning-off` or `place-unknown`. */
  rename(bundleId: string, placeId: string, name: string): Promise<void>
  /**
   * Deletes what was kept of a place, and what was learned of it: the bundle is published without it. Rejects
   * with `learning-off`, `place-unknown`, or what publishing throws; the frames are gone then all the same.
   */
  forget(bundleId: string, placeId: string): Promise<void>
  /** The same of all places. */
  forgetAll(bundleId: string): Promise<void>
  /** A learned place as a file. Rejects with `learning-off`, `place-unknown` or `place-not-learned`. */
  exportPlace(bundleId: string, placeId: string): Promise<PlaceFile>
  /**
   * Takes a learned place from a file, as a place of its own: the next version of the bundle has its
   * partition.
   * Rejects with `learning-off`, `request-invalid`, or what publishing throws.
   *
   * @returns the id of the place here
   */
  importPlace(bundleId: string, content: unknown): Promise<string>
  /** Resolves once all that was asked for up to now is done, training included. */
  settled(): Promise<void>
  /** Ends what is under way. */
  close(): Promise<void>
}

import * as z from 'zod/mini'
import type { Manifest } from '../bundle/manifest.ts'
import { anySigner } from '../trust/manifest-trust.ts'
import { CacheNetError } from '../wire/errors.ts'
import {
  apiPaths,
  auditHeader,
  bundleListSchema,
  formatHolds,
  frameAnswerSchema,
  hitsHeader,
  holdsHeader,
  manifestHeader,
} from '../wire/frames.ts'
import type { BundleList, FrameAnswer, HeldPartition } from '../wire/frames.ts'
import { placePicturesSchema, type PlacePicture } from '../wire/place-pictures.ts'
import { placeReportSchema, type PlaceReport } from '../wire/place-report.ts'
import {
  checkedHeader,
  importedPlaceSchema,
  learnHeader,
  mostPlaceFileBytes,
  placeListSchema,
  type PlaceList,
} from '../wire/places.ts'
import { bytesOfFrame, typeOfFrame, type SentFrame } from '../wire/sent-frame.ts'
import { fetchChecked } from './fetch-checked.ts'
import { fetchManifest } from './fetch-manifest.ts'
import { bodyLimitBytes, jsonOf, readBounded } from './read-bounded.ts'

/** What the edge may know besides the frame itself. */
export interface FrameContext {
  /**
   * Resident partitions, most recently used first. The delta that is missing comes with the answer; none
   * where this is left out.
   */
  readonly holds?: readonly HeldPartition[] | undefined
  /** The frame was a hit, answered here with this class: the edge only checks it. */
  readonly auditOf?: number
  /** Frames that were answered here since the last one that was sent. */
  readonly hits?: number
  /**
   * Hash of the manifest that the answer will be read by: an edge with another one refuses the frame with
   * `bundle-changed`.
   */
  readonly manifestSha256?: string | undefined
  /** The edge may keep the frame, as one of this stream, to learn the place. */
  readonly learnStream?: string | undefined
  /** With a stream: see `checkedHeader`. */
  readonly checked?: readonly boolean[] | undefined
}

export interface Received<Value> {
  readonly value: Value
  /** Bytes of the body. */
  readonly bytesDown: number
  /** Hash of the manifest that the edge answered by; undefined where it does not say. */
  readonly manifestSha256: string | undefined
}

export interface EdgeApiOptions {
  /** Where the edge is; empty for where the page came from. */
  readonly baseUrl: string
  /** Access token, for an edge on another origin; on its own origin `openSession` is enough. */
  readonly token?: string | undefined
  readonly fetch?: typeof fetch | undefined
}

/**
 * The edge's API, typed by the same schemas that the edge answers with. Every call rejects with the code that
 * the edge refused with, `edge-unreachable`, `edge-answer-invalid`, or whatever reason the signal was aborted
 * with.
 */
export interface EdgeApi {
  listBundles(signal: AbortSignal): Promise<BundleList>
  /** Whoever signed it: for tools. Page and service worker hold to a key (`fetchManifest`). */
  manifest(signal: AbortSignal, bundleId: string): Promise<Manifest>
  answerFrame(
    signal: AbortSignal,
    bundleId: string,
    frame: SentFrame,
    context?: FrameContext,
  ): Promise<Received<FrameAnswer>>
  /** Places that the edge learns for a bundle. Rejects with `learning-off` where it learns none. */
  listPlaces(signal: AbortSignal, bundleId: string): Promise<PlaceList>
  /** All that the edge knows of a place, its pictures apart. */
  reportPlace(signal: AbortSignal, bundleId: string, placeId: string): Promise<PlaceReport>
  /** A few of the frames that the edge keeps of a place; none where it keeps none. */
  placePictures(signal: AbortSignal, bundleId: string, placeId: string): Promise<PlacePicture[]>
  renamePlace(signal: AbortSignal, bundleId: string, placeId: string, name: string): Promise<void>
  /** A learned place as a file, for another edge. Rejects with `place-not-learned` where nothing was. */
  exportPlace(signal: AbortSignal, bundleId: string, placeId: string): Promise<Uint8Array<ArrayBuffer>>
  /**
   * Gives the edge a learned place in a file, as another edge wrote it. Rejects with `request-invalid` where
   * it is none, or one of another bundle.
   *
   * @returns the id of the place at this edge
   */
  importPlace(signal: AbortSignal, bundleId: string, file: Blob): Promise<string>
  /** Deletes what was kept and learned of a place, or of all where none is named. */
  forgetPlace(signal: AbortSignal, bundleId: string, placeId?: string): Promise<void>
  /**
   * Trades the access token for a cookie that no script can read, so that the service worker's downloads are
   * allowed too. Works on the edge's own origin.
   */
  openSession(signal: AbortSignal, token: string): Promise<void>
}

// Called as a method of something else, the browser's own would refuse.
const browserFetch: typeof fetch = (input, init) => fetch(input, init)

const unreachable = (cause: unknown): CacheNetError =>
  new CacheNetError(
    'edge-unreachable',
    'The edge cannot be reached; answers come from this device.',
    {},
    { cause },
  )

const incomprehensible = (): CacheNetError =>
  new CacheNetError(
    'edge-answer-invalid',
    'The edge answered something this app does not understand. Is this network asking for a login? If not, update the older of the two.',
  )

function contextHeaders({
  holds,
  auditOf,
  hits,
  manifestSha256,
  learnStream,
  checked = [],
}: FrameContext): Record<string, string> {
  return {
    ...(holds === undefined ? {} : { [holdsHeader]: formatHolds(holds) }),
    ...(auditOf === undefined ? {} : { [auditHeader]: String(auditOf) }),
    ...(hits === undefined ? {} : { [hitsHeader]: String(hits) }),
    ...(manifestSha256 === undefined ? {} : { [manifestHeader]: manifestSha256 }),
    ...(learnStream === undefined ? {} : { [learnHeader]: learnStream }),
    ...(checked.length === 0 ? {} : { [checkedHeader]: checked.map(Number).join('') }),
  }
}

export function createEdgeApi({ baseUrl, token, fetch: fetchNow = browserFetch }: EdgeApiOptions): EdgeApi {
  const bearer = (value: string | undefined): Record<string, string> =>
    value === undefined ? {} : { Authorization: `Bearer ${value}` }

  const call = async (
    signal: AbortSignal,
    path: string,
    init: RequestInit,
    limitBytes = bodyLimitBytes,
  ): Promise<{ bytes: Uint8Array<ArrayBuffer>; response: Response }> => {
    let response: Response
    let bytes: Uint8Array<ArrayBuffer>
    try {
      response = await fetchNow(`${baseUrl}${path}`, { ...init, signal })
      bytes = await readBounded(response, path, limitBytes)
    } catch (cause) {
      signal.throwIfAborted()
      throw cause instanceof CacheNetError ? cause : unreachable(cause)
    }
    if (response.ok) return { bytes, response }
    throw CacheNetError.fromBody(
      jsonOf(bytes),
      response.status >= 500 ? 'edge-unreachable' : 'edge-answer-invalid',
    )
  }

  const read = <Value>(schema: z.ZodMiniType<Value>, bytes: Uint8Array): Value => {
    const parsed = schema.safeParse(jsonOf(bytes))
    if (!parsed.success) throw incomprehensible()
    return parsed.data
  }

  /** What the browser does not keep. */
  const ask = async <Value>(
    signal: AbortSignal,
    path: string,
    schema: z.ZodMiniType<Value>,
  ): Promise<Value> => {
    const { bytes } = await call(signal, path, { headers: bearer(token), cache: 'no-store' })
    return read(schema, bytes)
  }

  return {
    listBundles(signal) {
      // Never kept by the browser, and so never in line behind an earlier request for it that nobody answers.
      return fetchChecked(signal, {
        url: `${baseUrl}${apiPaths.bundles}`,
        headers: bearer(token),
        fetch: fetchNow,
        cache: 'no-store',
        read: (bytes) => read(bundleListSchema, bytes),
      })
    },
    async manifest(signal, bundleId) {
      return (
        await fetchManifest(signal, {
          baseUrl,
          bundleId,
          trust: anySigner,
          headers: bearer(token),
          fetch: fetchNow,
        })
      ).manifest
    },
    async answerFrame(signal, bundleId, frame, context = {}) {
      const headers = { 'Content-Type': typeOfFrame(frame), ...bearer(token), ...contextHeaders(context) }
      const { bytes, response } = await call(signal, apiPaths.frames(bundleId), {
        method: 'POST',
        headers,
        body: bytesOfFrame(frame),
      })
      return {
        value: read(frameAnswerSchema, bytes),
        bytesDown: bytes.byteLength,
        manifestSha256: response.headers.get(manifestHeader) ?? undefined,
      }
    },
    listPlaces: (signal, bundleId) => ask(signal, apiPaths.places(bundleId), placeListSchema),
    reportPlace: (signal, bundleId, placeId) =>
      ask(signal, apiPaths.placeReport(bundleId, placeId), placeReportSchema),
    async placePictures(signal, bundleId, placeId) {
      return (await ask(signal, apiPaths.placePictures(bundleId, placeId), placePicturesSchema)).pictures
    },
    async renamePlace(signal, bundleId, placeId, name) {
      await call(signal, apiPaths.place(bundleId, placeId), {
        method: 'PATCH',
        headers: { 'Content-Type': 'application/json', ...bearer(token) },
        body: JSON.stringify({ name }),
      })
    },
    async exportPlace(signal, bundleId, placeId) {
      const { bytes } = await call(
        signal,
        apiPaths.place(bundleId, placeId),
        { headers: bearer(token), cache: 'no-store' },
        mostPlaceFileBytes,
      )
      return bytes
    },
    async importPlace(signal, bundleId, file) {
      const { bytes } = await call(signal, apiPaths.places(bundleId), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...bearer(token) },
        body: file,
      })
      return read(importedPlaceSchema, bytes).id
    },
    async forgetPlace(signal, bundleId, placeId) {
      const path = placeId === undefined ? apiPaths.places(bundleId) : apiPaths.place(bundleId, placeId)
      await call(signal, path, { method: 'DELETE', headers: bearer(token) })
    },
    async openSession(signal, secret) {
      await call(signal, apiPaths.session, { method: 'POST', headers: bearer(secret) })
    },
  }
}

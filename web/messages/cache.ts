import * as z from 'zod/mini'
import { blobRefSchema } from '../../core/bundle/blob-ref.ts'
import { blobOrigins, type BlobOrigin } from '../../core/cache/blob-source.ts'
import { errorStatus, type ErrorCode } from '../../core/wire/errors.ts'
import type { RpcProtocol } from './rpc.ts'

/**
 * On every blob and manifest that the service worker answers: whether the network was needed, and whether it
 * was stored.
 */
export const sourceHeader = 'X-CacheNet-Source'

/** The header's value, or undefined where the response did not come through the service worker. */
export const readSource = (headers: Headers): BlobOrigin | undefined =>
  blobOrigins.find((origin) => origin === headers.get(sourceHeader))

const sha256Schema = blobRefSchema.shape.sha256
const bundleIdSchema = z.string().check(z.minLength(1), z.maxLength(63))

export const cacheBudgetSchema = z.object({
  entries: z.int().check(z.minimum(0), z.maximum(64)),
  bytes: z.int().check(z.nonnegative()),
})

const cacheRequestSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('list') }),
  /** The partition answered a frame. */
  z.object({ kind: z.literal('use'), sha256: sha256Schema }),
  /** Protects exactly these partitions from eviction, and no longer those pinned before. */
  z.object({ kind: z.literal('pin'), sha256s: z.array(sha256Schema).check(z.maxLength(64)) }),
  z.object({ kind: z.literal('remove'), sha256: sha256Schema }),
  /** Deletes all partitions; generalists and manifests stay, so that the app still starts offline. */
  z.object({ kind: z.literal('clear') }),
  /** Deletes a bundle's manifest and all its blobs that no other stored bundle names. */
  z.object({ kind: z.literal('forget-bundle'), bundleId: bundleIdSchema }),
  z.object({ kind: z.literal('set-budget'), budget: cacheBudgetSchema }),
  /** Downloads and stores a blob, should it not be stored yet. */
  z.object({ kind: z.literal('prefetch'), bundleId: bundleIdSchema, sha256: sha256Schema }),
  /** Stores a blob that came another way, inside an answer: checked like any download. */
  z.object({
    kind: z.literal('store'),
    bundleId: bundleIdSchema,
    sha256: sha256Schema,
    bytes: z.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array),
  }),
  /** Puts a page under the service worker's control that was opened past it (a forced reload). */
  z.object({ kind: z.literal('claim') }),
])
export type CacheRequest = z.infer<typeof cacheRequestSchema>

const entrySchema = z.object({
  sha256: sha256Schema,
  bytes: z.int().check(z.nonnegative()),
  /** `generalist`: outside the budget, never evicted. `unknown`: no stored manifest names it. */
  role: z.enum(['partition', 'generalist', 'unknown']),
  isPinned: z.boolean(),
  /** Logical clock of the last use for an answer, or of the storing; 0 for generalists. */
  lastUse: z.int().check(z.nonnegative()),
  /** Who calls it what: a blob may belong to several bundles. */
  namedBy: z.array(z.object({ bundleId: z.string(), id: z.string() })),
})
export type CacheSnapshotEntry = z.infer<typeof entrySchema>

const snapshotSchema = z.object({
  budget: cacheBudgetSchema,
  /** Bytes of the partitions, those that count. */
  storedBytes: z.int().check(z.nonnegative()),
  /** Most recently used first, generalists last. */
  entries: z.array(entrySchema),
  /** Ids of the bundles whose manifest is stored: those that can start offline. */
  bundleIds: z.array(z.string()),
  /** False where this browser stores nothing for longer than the page lives. */
  isPersistent: z.boolean(),
})
export type CacheSnapshot = z.infer<typeof snapshotSchema>

/** What each request is answered with. `list` aside, an answer says that it is done. */
export interface CacheAnswers {
  readonly list: CacheSnapshot
  readonly use: null
  readonly pin: null
  readonly remove: null
  readonly clear: null
  readonly 'forget-bundle': null
  readonly 'set-budget': null
  readonly prefetch: BlobOrigin
  readonly store: null
  readonly claim: null
}

const errorCodes = Object.keys(errorStatus) as [ErrorCode, ...ErrorCode[]]

const cacheEventSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('progress'),
    sha256: sha256Schema,
    receivedBytes: z.int(),
    totalBytes: z.int(),
  }),
  z.object({ kind: z.literal('changed'), snapshot: snapshotSchema }),
  z.object({ kind: z.literal('evicted'), sha256: sha256Schema }),
  /** Trouble that nobody asked about, such as `cache-quota-exceeded`: answers still come, from memory. */
  z.object({ kind: z.literal('notice'), code: z.enum(errorCodes) }),
])
/** Sent to every open page. */
export type CacheEvent = z.infer<typeof cacheEventSchema>

const done = (value: unknown): null => z.null().parse(value)

/** The wire between page and service worker. */
export const cacheProtocol: RpcProtocol<CacheRequest, CacheAnswers, CacheEvent> = {
  parseRequest: (value) => cacheRequestSchema.parse(value),
  parseAnswer: {
    list: (value) => snapshotSchema.parse(value),
    use: done,
    pin: done,
    remove: done,
    clear: done,
    'forget-bundle': done,
    'set-budget': done,
    prefetch: (value) => z.enum(blobOrigins).parse(value),
    store: done,
    claim: done,
  },
  parseEvent: (value) => cacheEventSchema.parse(value),
}

import { z } from 'zod'
import { blobRefSchema } from '../bundle/manifest.ts'

/** Media type of a frame sent as bare pixels: RGB, row by row, exactly the model's input size. */
export const rawFrameType = 'application/octet-stream'

/** Media types of encoded frames; the edge scales them to the model's input. */
export const imageFrameTypes = ['image/jpeg', 'image/png', 'image/webp'] as const

const probability = z.number().min(0).max(1)

/** What the edge answers to an uploaded frame. */
export const frameAnswerSchema = z.object({
  classIndex: z.int().nonnegative(),
  label: z.string(),
  probabilities: z.array(probability),
  /** Predictive entropy of the answer, in nats. */
  entropyNats: z.number().nonnegative(),
  /** c(x) = softmax(z̄): how much of the frame belongs to each partition. Sums to 1. */
  code: z.array(probability),
  /** The partition that the code chose: what the phone should have resident for the frames that follow. */
  partition: z.object({ id: z.string(), whole: blobRefSchema }),
  answeredBy: z.enum(['full', 'partition']),
  timings: z.object({
    decodeMs: z.number().nonnegative(),
    queueMs: z.number().nonnegative(),
    inferenceMs: z.number().nonnegative(),
  }),
})
export type FrameAnswer = z.infer<typeof frameAnswerSchema>

/** Bundles that an edge serves. The default is what a page opens with when nobody chose. */
export const bundleListSchema = z.object({
  defaultBundle: z.string(),
  bundles: z.array(z.object({ id: z.string(), description: z.string(), classes: z.int(), partitions: z.int() })),
})
export type BundleList = z.infer<typeof bundleListSchema>

/** Paths of the API, shared by edge, page and service worker. */
export const apiPaths = {
  bundles: '/api/v1/bundles',
  manifest: (bundleId: string): string => `/api/v1/bundles/${bundleId}/manifest.json`,
  blob: (bundleId: string, sha256: string): string => `/api/v1/bundles/${bundleId}/blobs/${sha256}.bin`,
  frames: (bundleId: string): string => `/api/v1/bundles/${bundleId}/frames`,
} as const

/** Finds the bundle and hash in the path of a blob; undefined for any other path. */
export function parseBlobPath(pathname: string): { bundleId: string; sha256: string } | undefined {
  const match = /^\/api\/v1\/bundles\/([a-z0-9][a-z0-9-]*)\/blobs\/([0-9a-f]{64})\.bin$/.exec(pathname)
  const [, bundleId, sha256] = match ?? []
  return bundleId === undefined || sha256 === undefined ? undefined : { bundleId, sha256 }
}

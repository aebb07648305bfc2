import * as z from 'zod/mini'

export const blobRefSchema = z.object({
  bytes: z.int().check(z.positive()),
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
})
/** Names weights by content: a blob lives under `blobs/<sha256>.bin`. */
export type BlobRef = z.infer<typeof blobRefSchema>

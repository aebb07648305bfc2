// Apart from the schemas: the inference worker knows these and carries no schema library for them.

/** Media type of a frame sent as bare pixels: RGB, row by row, exactly the size that the full model reads. */
export const rawFrameType = 'application/octet-stream'

/** Media types of encoded frames; the edge scales them to what the full model reads. */
export const imageFrameTypes = ['image/jpeg', 'image/png', 'image/webp'] as const

/**
 * Headers of a blob. Its name is its hash: it never changes, so that any cache may keep it for ever, and the
 * hash is its ETag. `no-transform` keeps proxies from compressing it: a phone counts its bytes against the
 * manifest. What is behind a token must not lie in caches that others share.
 */
export const blobHeaders = (
  sha256: string,
  isBehindToken: boolean,
): Readonly<Record<'ETag' | 'Cache-Control', string>> => ({
  ETag: `"${sha256}"`,
  'Cache-Control': `${isBehindToken ? 'private' : 'public'}, max-age=31536000, immutable, no-transform`,
})

export const blobType = 'application/octet-stream'

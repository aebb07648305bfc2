/**
 * Does `If-None-Match` name this ETag? Weak comparison, as RFC 9110 (13.1.2) asks for here: a proxy that
 * compresses marks our strong tags as weak.
 */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch.trim() === '*') return true
  return ifNoneMatch.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag)
}
